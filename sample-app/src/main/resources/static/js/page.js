/* What all scripts of the page share: the connection, calls to the API, formats and toasts. */

import { connect } from '../realtime/client.js';

const meta = (name) => document.querySelector(`meta[name="${name}"]`).content;

export const username = meta('username');

/** One connection for all scripts; <realtime-status> shows it. */
export const realtime = connect();

/** An answer of the API that is not a success. `errors` are the messages by field. */
export class ApiError extends Error {

	constructor(status, problem) {
		super(problem.detail ?? `The server answered ${status}`);
		this.status = status;
		this.errors = problem.errors ?? {};
	}

}

let csrfToken = meta('csrf-token');

function call(method, path, body) {
	// With the header of the connection, so that the server publishes to others what this page does itself.
	return realtime.fetch(`/api${path}`, {
		method,
		headers: { 'Content-Type': 'application/json', [meta('csrf-header')]: csrfToken },
		body: body && JSON.stringify(body),
	});
}

/** Calls the API. Answers what it answered, or nothing; throws an `ApiError` for anything but success. */
export async function api(method, path, body) {
	let response = await call(method, path, body);
	if (response.status === 403 && method !== 'GET') {
		// The server may have been restarted: who is remembered is logged in again, with another token.
		csrfToken = (await api('GET', '/csrf')).token;
		response = await call(method, path, body);
	}
	if (response.status === 401) {
		location.assign('/login?expired');
	}
	if (!response.ok) {
		throw new ApiError(response.status, await response.json().catch(() => ({})));
	}
	return (response.status === 204) ? undefined : response.json();
}

const euros = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR', maximumFractionDigits: 0 });

export const money = (value) => euros.format(value);

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const units = [['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000]];

/** The time in words, such as `just now` or `2 hours ago`. */
export function ago(time) {
	const elapsed = Date.now() - new Date(time);
	const [unit, length] = units.find(([, milliseconds]) => elapsed >= milliseconds) ?? [];
	return unit ? relative.format(-Math.floor(elapsed / length), unit) : 'just now';
}

export const person = (name) => (name === username) ? 'you' : name;

/** Shows a text in the corner until it is closed or, unless it should stay, for some seconds. */
export function toast(title, text, { stays = false } = {}) {
	const element = document.createElement('div');
	element.className = 'toast';
	const heading = document.createElement('strong');
	heading.textContent = title;
	const paragraph = document.createElement('p');
	paragraph.textContent = text;
	const close = document.createElement('button');
	close.type = 'button';
	close.className = 'toast-close';
	close.setAttribute('aria-label', 'Close');
	close.textContent = '×';
	close.addEventListener('click', () => element.remove());
	element.append(heading, paragraph, close);
	document.getElementById('toasts').append(element);
	if (!stays) {
		setTimeout(() => element.remove(), 8_000);
	}
}

/** Puts the messages of a failed call beside the inputs they are about, the rest into the notice. */
export function showErrors(form, notice, error) {
	clearErrors(form, notice);
	notice.textContent = error.message;
	notice.hidden = false;
	Object.entries(error.errors ?? {}).forEach(([field, message]) => {
		const input = form.elements[field];
		const text = document.createElement('small');
		text.className = 'field-error';
		text.id = `error-${field}`;
		text.textContent = message;
		input.setAttribute('aria-invalid', 'true');
		input.setAttribute('aria-describedby', text.id);
		input.after(text);
	});
	form.querySelector('[aria-invalid]')?.focus();
}

export function clearErrors(form, notice) {
	notice.hidden = true;
	form.querySelectorAll('.field-error').forEach((text) => text.remove());
	form.querySelectorAll('[aria-invalid]').forEach((input) => {
		input.removeAttribute('aria-invalid');
		input.removeAttribute('aria-describedby');
	});
}
