/* The dialog that edits one contact, and knows who else does. */

import { ago, api, clearErrors, realtime, showErrors, username } from './page.js';

const dialog = document.getElementById('contact-dialog');
const form = document.getElementById('contact-form');
const title = document.getElementById('contact-dialog-title');
const viewed = document.getElementById('contact-viewed');
const notice = document.getElementById('contact-notice');
const error = document.getElementById('contact-error');
const deletion = document.getElementById('contact-delete');

class Editor {

	/** Called with the contact as it was saved. */
	onSaved = () => {};

	/** Called with the id of the contact that was deleted. */
	onDeleted = () => {};

	#id;
	#version;
	#subscriptions = [];

	/** Opens the dialog for a contact, or for a new one. */
	async open(id) {
		this.#id = id;
		this.#version = undefined;
		form.reset();
		clearErrors(form, error);
		notice.hidden = true;
		viewed.textContent = '';
		title.textContent = id ? 'Edit contact' : 'New contact';
		deletion.hidden = !id;
		if (id) {
			this.#watch(id);
			await this.load();
		}
		dialog.showModal();
	}

	async load() {
		const contact = await api('GET', `/contacts/${this.#id}`);
		this.#version = contact.version;
		for (const name of ['name', 'company', 'email', 'phone', 'stage', 'dealValue']) {
			form.elements[name].value = contact[name];
		}
		clearErrors(form, error);
		notice.hidden = true;
	}

	async save() {
		const contact = {
			...Object.fromEntries(new FormData(form)),
			dealValue: form.elements.dealValue.valueAsNumber,
			version: this.#version,
		};
		const saved = this.#id ? await api('PUT', `/contacts/${this.#id}`, contact) : await api('POST', '/contacts', contact);
		dialog.close();
		this.onSaved(saved);
	}

	async delete() {
		await api('DELETE', `/contacts/${this.#id}`);
		dialog.close();
		this.onDeleted(this.#id);
	}

	closed() {
		this.#subscriptions.forEach((subscription) => subscription.unsubscribe());
		this.#subscriptions = [];
	}

	#watch(id) {
		const updates = realtime.subscribe('contact.updated', { id: Number(id) }, ({ updatedBy }) => this.#updated(updatedBy), {
			replay: 'none',
			onGap: () => this.#updated('Somebody'),
		});
		// The newest message comes at once, so that "who else" has an answer for late comers too.
		const views = realtime.subscribe(`contact.viewed.${id}`, null, ({ viewedBy }, { timestamp }) => {
			viewed.textContent = (viewedBy === username) ? '' : `${viewedBy} opened this contact ${ago(timestamp)}`;
		}, { onGap: () => {} });
		this.#subscriptions = [updates, views];
		views.ready.then(() => api('POST', `/contacts/${id}/views`, undefined,
			realtime.connectionId ? { 'X-Connection-Id': realtime.connectionId } : {})).catch(() => {});
	}

	#updated(updatedBy) {
		if (updatedBy !== username) {
			notice.firstElementChild.textContent = `${updatedBy} has changed this contact just now.`;
			notice.hidden = false;
		}
	}

}

export const editor = new Editor();

const attempt = (action) => action().catch((failure) => showErrors(form, error, failure));

form.addEventListener('submit', (event) => {
	event.preventDefault();
	attempt(() => editor.save());
});
deletion.addEventListener('click', () => attempt(() => editor.delete()));
document.getElementById('contact-reload').addEventListener('click', () => attempt(() => editor.load()));
document.getElementById('contact-cancel').addEventListener('click', () => dialog.close());
dialog.addEventListener('close', () => editor.closed());
