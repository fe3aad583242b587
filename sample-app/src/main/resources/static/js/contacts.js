/*
 * The list of contacts. Messages are hints: whoever hears that a contact has changed asks the API for what
 * it is now, and a contact the API no longer knows is gone.
 */

import { ago, api, money, person, realtime } from './page.js';
import { editor } from './editor.js';
import { showViewers, viewersOf } from './viewers.js';

const table = document.getElementById('contacts');
const template = document.getElementById('contact-row');
const search = document.getElementById('search');
const announcer = document.getElementById('announcer');
const stageLabels = Object.fromEntries([...document.querySelectorAll('#contact-form [name=stage] option')]
	.map((option) => [option.value, option.textContent]));

const FLASH_MILLISECONDS = 8_000;
const flashes = new WeakMap();

const rowOf = (id) => table.querySelector(`tr[data-id="${id}"]`);

function render(contact) {
	const row = rowOf(contact.id) ?? template.content.firstElementChild.cloneNode(true);
	const field = (name) => row.querySelector(`[data-field="${name}"]`);
	row.dataset.id = contact.id;
	row.dataset.version = contact.version;
	['name', 'company', 'email', 'phone', 'changedBy'].forEach((name) => {
		field(name).textContent = contact[name];
	});
	field('initials').textContent = contact.name[0];
	field('stage').textContent = stageLabels[contact.stage];
	field('stage').dataset.stage = contact.stage;
	field('dealValue').textContent = money(contact.dealValue);
	field('changedAt').dateTime = contact.changedAt;
	field('changedAt').textContent = ago(contact.changedAt);
	row.querySelector('.edit').setAttribute('aria-label', `Edit ${contact.name}`);
	return row;
}

/** Shows the contact, with a flash if this is news. An answer that was overtaken by a newer one is not. */
function show(contact) {
	if (Number(rowOf(contact.id)?.dataset.version ?? -1) < contact.version) {
		showAnyway(contact);
	}
}

function showAnyway(contact) {
	const known = rowOf(contact.id);
	const row = render(contact);
	if (!known) {
		table.append(row);
		viewport.observe(row);
	}
	flash(row, contact);
	filter();
}

function flash(row, contact) {
	const changedBy = row.querySelector('[data-field="changedBy"]');
	changedBy.textContent = `changed by ${person(contact.changedBy)}`;
	announcer.textContent = `${contact.name} changed by ${person(contact.changedBy)} just now`;
	row.classList.add('flash');
	clearTimeout(flashes.get(row));
	flashes.set(row, setTimeout(() => {
		changedBy.textContent = contact.changedBy;
		row.classList.remove('flash');
	}, FLASH_MILLISECONDS));
}

function remove(id) {
	rowOf(id)?.remove();
	filter();
}

/** Asks for one contact. */
async function refetch(id) {
	try {
		show(await api('GET', `/contacts/${id}`));
	}
	catch (error) {
		if (error.status === 404) {
			remove(id);
		}
	}
}

/** Asks for all contacts: after a gap there is no telling what was missed, and the server may have begun anew. */
async function refetchAll() {
	const contacts = await api('GET', '/contacts');
	const ids = new Set(contacts.map(({ id }) => String(id)));
	[...table.rows].filter((row) => !ids.has(row.dataset.id)).forEach((row) => row.remove());
	contacts.filter(({ id, version }) => rowOf(id)?.dataset.version !== String(version)).forEach(showAnyway);
	filter();
}

/** Asks for what has changed since the page was rendered, until it began to hear of changes. */
async function catchUp() {
	const contacts = await api('GET', '/contacts');
	contacts.forEach(show);
}

// Rows that are on the screen show who has the contact open. Those that are scrolled away, hidden or removed leave it.
const watched = new Map();
const viewport = new IntersectionObserver((entries) => entries.forEach(({ target: row, isIntersecting }) => {
	watched.get(row)?.unsubscribe();
	watched.delete(row);
	if (isIntersecting) {
		const viewers = viewersOf(row.dataset.id, 'watch');
		viewers.presence.here((members) => showViewers(row.querySelector('.viewers'), members));
		watched.set(row, viewers);
	}
}));

function filter() {
	const text = search.value.trim().toLowerCase();
	let visible = 0;
	for (const row of table.rows) {
		row.hidden = !row.textContent.toLowerCase().includes(text);
		visible += row.hidden ? 0 : 1;
	}
	document.getElementById('empty').hidden = visible > 0;
}

function showStats({ contacts, openDeals, openValue, wonValue, dealOfTheMinute: deal }) {
	const texts = {
		contacts,
		openDeals,
		openValue: money(openValue),
		wonValue: money(wonValue),
		dealName: deal?.name ?? 'None open',
		dealDetail: deal ? `${deal.company} · ${money(deal.value)}` : '',
	};
	for (const [name, text] of Object.entries(texts)) {
		const element = document.querySelector(`[data-stat="${name}"]`);
		if (element.textContent !== String(text)) {
			element.textContent = text;
			const stat = element.closest('.stat');
			stat.classList.remove('flash');
			void stat.offsetWidth; // restarts the animation
			stat.classList.add('flash');
		}
	}
}

function refreshTimes() {
	table.querySelectorAll('time').forEach((time) => {
		time.textContent = ago(time.dateTime);
		time.title = new Date(time.dateTime).toLocaleString();
	});
}

const updates = realtime.subscribe('contact.updated', null, ({ id }) => refetch(id), {
	replay: 'none', // of what is not yet known, catchUp asks
	onGap: refetchAll,
});
updates.ready.then(catchUp, () => {});
realtime.subscribe('pipeline.stats', null, showStats, { onGap: () => {} }); // the next ones come soon
realtime.on('disconnect', ({ retryIn }) => {
	if (retryIn === undefined) {
		location.assign('/login?expired');
	}
	// If the session has ended meanwhile the handshake fails without saying why; the API does say.
	api('GET', '/contacts').catch(() => {});
});

table.addEventListener('click', (event) => {
	if (event.target.closest('.edit')) {
		editor.open(event.target.closest('tr').dataset.id);
	}
});
document.getElementById('contact-new').addEventListener('click', () => editor.open());
editor.onSaved = show;
editor.onDeleted = remove;
search.addEventListener('input', filter);

[...table.rows].forEach((row) => viewport.observe(row));
const [, linked] = location.hash.match(/^#contact-(\d+)$/) ?? [];
if (linked) {
	editor.open(linked);
}
refreshTimes();
setInterval(refreshTimes, 30_000);
