/* The bell. What is published to this user only says that there is news; the API has the list, so that a reload does. */

import { ago, api, realtime } from './page.js';
import { editor } from './editor.js';

const bell = document.getElementById('bell');
const count = document.getElementById('bell-count');
const panel = document.getElementById('notifications');
const list = document.getElementById('notification-list');
const template = document.getElementById('notification-item');
const announcer = document.getElementById('announcer');

let notifications;
let requests = 0;

async function load() {
	const request = ++requests;
	const latest = await api('GET', '/notifications');
	if (request !== requests) {
		return; // a newer answer is on its way
	}
	if (notifications && latest[0]?.id > (notifications[0]?.id ?? 0)) {
		announcer.textContent = latest[0].text;
	}
	notifications = latest;
	list.replaceChildren(...latest.map(render));
	showCount(latest.filter(({ unread }) => unread).length);
}

function render({ text, contactId, unread, createdAt }) {
	const item = template.content.firstElementChild.cloneNode(true);
	item.classList.toggle('unread', unread);
	item.querySelector('span').textContent = text;
	item.querySelector('time').dateTime = createdAt;
	item.querySelector('time').textContent = ago(createdAt);
	item.querySelector('button').addEventListener('click', () => {
		panel.hidePopover();
		editor.open(contactId);
	});
	return item;
}

function showCount(unread) {
	count.textContent = (unread > 9) ? '9+' : unread;
	count.hidden = unread === 0;
	bell.setAttribute('aria-label', (unread === 0) ? 'Notifications' : `Notifications, ${unread} unread`);
}

// The newest message comes first, so that nothing is missed between the first load and this.
realtime.me(load, { replay: 'last', coalesce: 500 });

panel.addEventListener('toggle', async ({ newState }) => {
	if (newState === 'closed' && !count.hidden) {
		await api('POST', `/notifications/read?last=${notifications[0].id}`);
		await load();
	}
});

load();
