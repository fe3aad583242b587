/* Alerts between admins. Only admins get this script, and only they may subscribe. */

import { api, clearErrors, person, realtime, showErrors, toast } from './page.js';

realtime.subscribe('admin.alert', null, ({ text, sentBy }) => toast(`Alert from ${person(sentBy)}`, text, { stays: true }), {
	onGap: () => {},
});

const dialog = document.getElementById('alert-dialog');
const form = document.getElementById('alert-form');
const error = document.getElementById('alert-error');

document.getElementById('alert-open').addEventListener('click', () => {
	form.reset();
	clearErrors(form, error);
	dialog.showModal();
});

document.getElementById('alert-cancel').addEventListener('click', () => dialog.close());

form.addEventListener('submit', async (event) => {
	event.preventDefault();
	try {
		await api('POST', '/alerts', { text: form.elements.text.value });
		dialog.close();
	}
	catch (failure) {
		showErrors(form, error, failure);
	}
});
