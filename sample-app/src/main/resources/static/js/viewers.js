/* Who has a contact open right now. */

import { realtime, username } from './page.js';

/**
 * Subscribes to who has a contact open: `watch` sees them, and with `join` they see this user too. Row and editor of one
 * contact share one subscription on the wire.
 */
export const viewersOf = (id, presence) => realtime.subscribe(`contact.viewed.${id}`, null, { presence });

export const others = (members) => members.filter(({ id }) => id !== username);

/** The same colour for a user everywhere; `app.css` has them. */
export const toneOf = ({ id }) => [...id].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 6;

const initials = (name) => name.split(' ').map(([letter]) => letter).slice(0, 2).join('');

function avatar(member) {
	const item = document.createElement('li');
	const circle = document.createElement('span');
	circle.className = 'avatar viewer';
	circle.dataset.tone = toneOf(member);
	circle.dataset.status = member.status;
	circle.textContent = initials(member.info.name);
	circle.title = member.info.name;
	circle.setAttribute('role', 'img');
	circle.setAttribute('aria-label', (member.status === 'away') ? `${member.info.name}, away` : member.info.name);
	item.append(circle);
	return item;
}

/** Shows the avatars of all others in a list. */
export function showViewers(list, members) {
	list.replaceChildren(...others(members).map(avatar));
}
