/* The panel that edits one contact, and shows who else has it open and what they do there. */

import { api, clearErrors, realtime, showErrors, toast, username } from './page.js';
import { others, showViewers, toneOf, viewersOf } from './viewers.js';

const dialog = document.getElementById('contact-dialog');
const form = document.getElementById('contact-form');
const title = document.getElementById('contact-dialog-title');
const owner = document.getElementById('contact-owner');
const avatars = document.getElementById('contact-viewers');
const typing = document.getElementById('note-typing');
const notice = document.getElementById('contact-notice');
const error = document.getElementById('contact-error');
const deletion = document.getElementById('contact-delete');

const TYPING_INTERVAL = 2_000;
const TYPING_SHOWN = 4_000;

class Editor {

	/** Called with the contact as it was saved. */
	onSaved = () => {};

	/** Called with the id of the contact that was deleted. */
	onDeleted = () => {};

	#id;
	#version;
	#updates;
	#viewers;
	#saidTyping = 0;
	#typingTimer;

	/** Opens the panel for a contact, or for a new one. */
	async open(id) {
		this.closed();
		this.#id = id;
		this.#version = undefined;
		form.reset();
		clearErrors(form, error);
		notice.hidden = true;
		owner.textContent = '';
		title.textContent = id ? 'Edit contact' : 'New contact';
		deletion.hidden = !id;
		if (id) {
			this.#join(id);
			try {
				await this.load();
			}
			catch (failure) {
				dialog.close();
				this.closed();
				toast('This contact can not be opened', failure.detail ?? failure.message);
				return;
			}
			// A reload, and whoever gets the link, opens it again.
			history.replaceState(null, '', `#contact-${id}`);
		}
		dialog.show();
	}

	async load() {
		const id = this.#id;
		// The same as GET /api/contacts/{id}, without another request: the answer comes over the connection.
		const contact = await realtime.call(`/app/contacts.get.${id}`);
		if (id !== this.#id) {
			return; // the user was faster
		}
		this.#version = contact.version;
		for (const name of ['name', 'company', 'email', 'phone', 'stage', 'dealValue', 'note']) {
			form.elements[name].value = contact[name];
		}
		owner.textContent = (contact.owner === username) ? 'Yours' : `Owned by ${contact.owner}`;
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
		this.#updates?.unsubscribe();
		this.#viewers?.unsubscribe();
		this.#updates = this.#viewers = undefined;
		this.#showViewers([]);
		typing.textContent = '';
		history.replaceState(null, '', location.pathname);
	}

	/** Tells the others in which field this user is. */
	focused(field) {
		this.#viewers?.presence.update({ data: { field } });
	}

	/** Tells the others whether this user looks at the page. */
	visible(isVisible) {
		this.#viewers?.presence.update({ status: isVisible ? 'online' : 'away' });
	}

	/** Tells the others that this user is typing: now and then, and if it gets lost nobody minds. */
	typing() {
		if (Date.now() - this.#saidTyping > TYPING_INTERVAL) {
			this.#saidTyping = Date.now();
			this.#viewers?.send('typing', {}).catch(() => {});
		}
	}

	#join(id) {
		this.#updates = realtime.subscribe('contact.updated', { id: Number(id) }, ({ updatedBy }) => this.#updated(updatedBy), {
			replay: 'none',
			onGap: () => this.#updated('Somebody'),
		});
		this.#viewers = viewersOf(id, 'join');
		this.#viewers.presence.here((members) => this.#showViewers(members));
		this.#viewers.listen('typing', (_, { from }) => this.#showTyping(from.user));
	}

	#showViewers(members) {
		showViewers(avatars, members);
		form.querySelectorAll('.field').forEach((field) => {
			const { name } = field.querySelector('input, select, textarea');
			const viewer = others(members).find(({ data }) => data?.field === name);
			field.classList.toggle('focused-by', viewer !== undefined);
			field.dataset.viewer = viewer?.info.name ?? '';
			field.dataset.tone = viewer ? toneOf(viewer) : '';
		});
	}

	#showTyping(user) {
		const member = this.#viewers.presence.members.find(({ id }) => id === user);
		typing.textContent = `${member?.info.name ?? user} is typing…`;
		clearTimeout(this.#typingTimer);
		this.#typingTimer = setTimeout(() => {
			typing.textContent = '';
		}, TYPING_SHOWN);
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
dialog.addEventListener('keydown', ({ key }) => (key === 'Escape') && dialog.close());
form.addEventListener('focusin', ({ target }) => editor.focused(target.name));
form.elements.note.addEventListener('input', () => editor.typing());
document.addEventListener('visibilitychange', () => editor.visible(!document.hidden));
