/* The protocol as plain stomp.js sees it, against the running sample application. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { baseUrl, examples, handshake, runExample, User, within } from './support.mjs';

const LIVE = { replay: 'none' };
const [ADA, GRACE, KATHERINE, JOAN] = [1, 2, 3, 5]; // contacts of acme
const [ALAN, EDSGER] = [8, 9]; // contacts of globex

let alice, bob, carol, dave;
const open = [];

before(async () => {
	[alice, bob, carol, dave] = await Promise.all(['alice', 'bob', 'carol', 'dave'].map((name) => User.login(name)));
});

after(() => Promise.all(open.map((connection) => connection.close())));

async function connect(user, options) {
	const connection = await user.connect(options);
	open.push(connection);
	return connection;
}

describe('handshake', () => {

	test('takes the session of the application', async () => {
		assert.equal(await handshake({ cookie: alice.cookie }), 101);
	});

	test('refuses who is not logged in', async () => {
		assert.equal(await handshake(), 401);
		assert.equal(await handshake({ cookie: 'JSESSIONID=0123456789ABCDEF0123456789ABCDEF' }), 401);
	});

	test('refuses pages of another origin, even with a session', async () => {
		assert.equal(await handshake({ cookie: alice.cookie, origin: 'https://evil.example' }), 403);
		assert.equal(await handshake({ cookie: alice.cookie, origin: 'null' }), 403);
		assert.equal(await handshake({ cookie: alice.cookie, origin: baseUrl }), 101);
	});

});

describe('connection', () => {

	test('CONNECTED negotiates version and heart-beats and names session and user', async () => {
		const { connected } = await connect(alice);
		assert.equal(connected.headers.version, '1.2');
		assert.equal(connected.headers['heart-beat'], '10000,10000');
		assert.equal(connected.headers['user-name'], 'alice');
		assert.ok(connected.headers.session);
	});

	test('DISCONNECT is answered by its receipt, and then the connection ends', async () => {
		const connection = await alice.connect();
		const receipt = await connection.close();
		assert.equal(receipt.command, 'RECEIPT');
		assert.equal((await within(connection.closed, 'the end of the connection')).code, 1000);
	});

});

describe('subscription', () => {

	test('gets everything after its receipt, which names the position', async () => {
		const subscription = await (await connect(alice)).subscribe('contact.updated', LIVE);
		assert.match(subscription.live.headers.position, /^.+-\d+$/);
		const earliest = Date.now() - 5_000;
		await bob.change(ADA);
		await bob.change(GRACE);
		const first = await subscription.next();
		const second = await subscription.next();
		assert.deepEqual(JSON.parse(first.body), { id: ADA, updatedBy: 'bob' });
		assert.deepEqual(JSON.parse(second.body), { id: GRACE, updatedBy: 'bob' });
		assert.equal(first.headers.subscription, subscription.stomp.id);
		assert.equal(first.headers.destination, '/realtime/contact.updated');
		assert.equal(first.headers['content-type'], 'application/json');
		assert.ok(Number(first.headers.timestamp) > earliest);
		assert.equal(first.headers.replay, undefined);
		assert.ok(offset(second.headers['message-id']) === offset(first.headers['message-id']) + 1);
		assert.ok(!first.toString().includes('acme'), 'the tenant is never in a frame');
	});

	test('ends with UNSUBSCRIBE, and no other does', async () => {
		const connection = await connect(alice);
		const ended = await connection.subscribe('contact.updated', LIVE);
		const going = await connection.subscribe('contact.updated', LIVE);
		await connection.unsubscribe(ended);
		await bob.change(ADA);
		assert.equal((await going.data()).id, ADA);
		assert.deepEqual(ended.rest(), []);
		assert.deepEqual(connection.unexpected, []);
	});

	test('exists several times on one connection, each for its own topic', async () => {
		const connection = await connect(alice);
		const contacts = await connection.subscribe('contact.updated', LIVE);
		const alerts = await connection.subscribe('admin.alert');
		const views = await connection.subscribe(`contact.viewed.${ADA}`, LIVE);
		await alice.api('POST', '/alerts', { text: 'Lunch' });
		await (await connect(bob)).send(`/realtime/contact.viewed.${ADA}`, '{}', { event: 'typing' });
		await bob.change(GRACE);
		assert.deepEqual(await alerts.data(), { text: 'Lunch', sentBy: 'alice' });
		assert.deepEqual((await views.next()).headers['from-user'], 'bob');
		assert.deepEqual(await contacts.data(), { id: GRACE, updatedBy: 'bob' });
		assert.deepEqual([alerts.rest(), views.rest(), contacts.rest()], [[], [], []]);
	});

	test('leaves out the connection whose page made the change', async () => {
		const [mine, other] = [await connect(bob), await connect(bob)];
		const here = await mine.subscribe('contact.updated', LIVE);
		const there = await other.subscribe('contact.updated', LIVE);
		await bob.change(ADA, {}, { 'X-Realtime-Connection': mine.connected.headers.session });
		await alice.change(GRACE);
		assert.equal((await there.data()).id, ADA);
		assert.equal((await there.data()).id, GRACE);
		assert.equal((await here.data()).id, GRACE);
	});

});

describe('filter', () => {

	test('makes two subscriptions of one channel differ', async () => {
		const connection = await connect(alice);
		const ada = await connection.subscribe('contact.updated', { ...LIVE, filter: { id: ADA } });
		const grace = await connection.subscribe('contact.updated', { ...LIVE, filter: { id: GRACE } });
		await bob.change(ADA);
		await bob.change(KATHERINE);
		await bob.change(GRACE);
		assert.equal((await ada.data()).id, ADA);
		assert.equal((await grace.data()).id, GRACE);
		assert.deepEqual([ada.rest(), grace.rest()], [[], []]);
	});

	test('tells types apart, takes any of a list and all of its keys', async () => {
		const connection = await connect(alice);
		const filters = ['{"id": 1}', '{"id": 1.0}', '{"id": [1, 2]}', '{"id": 1, "updatedBy": "bob"}', '{}',
			'{"id": "1"}', '{"id": [2, 3]}', '{"id": 1, "updatedBy": "alice"}', '{"id": null}', '{"other": null}'];
		const subscriptions = [];
		for (const filter of filters) {
			subscriptions.push(await connection.subscribe('contact.updated', { ...LIVE, filter }));
		}
		const marker = await connection.subscribe('contact.updated', LIVE);
		await bob.change(ADA);
		await marker.next();
		const matching = filters.filter((_, i) => subscriptions[i].rest().length === 1);
		assert.deepEqual(matching, filters.slice(0, 5));
	});

});

describe('denied', () => {

	const refusals = [
		['a topic that does not exist', 'no.such.topic', {}, 'unknown-topic'],
		['a wildcard', 'contact.*', {}, 'unknown-topic'],
		['a pattern', '**', {}, 'unknown-topic'],
		['a topic for admins', 'admin.alert', {}, 'forbidden'],
		['a contact of another tenant', `contact.viewed.${ALAN}`, {}, 'forbidden'],
		['a variable of the wrong type', 'contact.viewed.ada', {}, 'forbidden'],
		['a filter that is no JSON', 'contact.updated', { filter: '{"id": ' }, 'bad-filter'],
		['a filter that is nested', 'contact.updated', { filter: { id: { $gt: 1 } } }, 'bad-filter'],
		['a filter that is no object', 'contact.updated', { filter: '[1]' }, 'bad-filter'],
		['a filter of nine keys', 'contact.updated', { filter: Object.fromEntries([...'abcdefghi'].map((key) => [key, 1])) },
			'bad-filter'],
		['a filter of more than a kilobyte', 'contact.updated', { filter: { name: 'x'.repeat(1_100) } }, 'bad-filter'],
		['a position that is none', 'contact.updated', { since: 'yesterday' }, 'bad-request'],
		['a replay that is none', 'contact.updated', { replay: 'everything' }, 'bad-request'],
	];

	for (const [what, topic, options, code] of refusals) {
		test(`${what}: a control message, no receipt, and the connection lives on`, async () => {
			const connection = await connect(bob);
			assert.equal(await connection.refusal(topic, options), code);
			const subscription = await connection.subscribe('contact.updated', LIVE);
			await alice.change(ADA);
			assert.equal((await subscription.data()).id, ADA);
			assert.equal(connection.receipts.length, 1, 'only the second SUBSCRIBE has a receipt');
			assert.deepEqual(connection.unexpected, []);
		});
	}

	test('the same id twice: the first goes on', async () => {
		const connection = await connect(bob);
		await connection.subscribe('contact.updated', { ...LIVE, id: 'same', filter: { id: ADA } });
		const second = connection.start('contact.updated', { ...LIVE, id: 'same', filter: { id: GRACE } });
		assert.equal((await within(second.denied, 'the denial')).code, 'duplicate-id');
		await alice.change(GRACE);
		await alice.change(ADA);
		// stomp.js knows one callback per id and calls the later one, for the messages of the first.
		assert.equal((await second.data()).id, ADA);
	});

	test('one subscription more than a connection may have', async () => {
		const connection = await connect(bob);
		for (let i = 0; i < 128; i++) {
			await connection.subscribe('contact.updated', LIVE);
		}
		assert.equal(await connection.refusal('contact.updated', LIVE), 'too-many-subscriptions');
	});

});

describe('SEND to a topic', () => {

	test('is refused by its receipt and reaches nobody, even from an admin', async () => {
		const subscription = await (await connect(bob)).subscribe('contact.updated', LIVE);
		const connection = await connect(alice);
		for (const destination of ['/realtime/contact.updated', '/realtime/no.such.topic', '/realtime/']) {
			const receipt = await connection.send(destination, '{"id": 666, "updatedBy": "alice"}');
			assert.equal(receipt.headers['realtime-control'], 'denied', destination);
			assert.ok(receipt.headers.code, destination);
		}
		await bob.change(ADA);
		assert.equal((await subscription.data()).id, ADA);
	});

	test('nor does anything get around the topics', async () => {
		const connection = await connect(alice);
		const subscription = await (await connect(bob)).subscribe('contact.updated', LIVE);
		for (const destination of ['/topic/contact.updated', '/queue/x', '/user/bob/queue/x']) {
			const receipt = await connection.send(destination, '{"id": 666}');
			assert.equal(receipt.headers['realtime-control'], 'denied', destination);
		}
		await bob.change(ADA);
		assert.equal((await subscription.data()).id, ADA);
	});

});

describe('replay', () => {

	test('the newest message comes first, marked, then the live ones', async () => {
		await bob.change(ADA);
		const subscription = await (await connect(alice)).subscribe('contact.updated');
		await bob.change(GRACE);
		const [replayed, live] = [await subscription.next(), await subscription.next()];
		assert.deepEqual([replayed.headers.replay, JSON.parse(replayed.body).id], ['true', ADA]);
		assert.deepEqual([live.headers.replay, JSON.parse(live.body).id], [undefined, GRACE]);
		assert.deepEqual(subscription.rest(), []);
	});

	test('is exact per key, however many other messages came since', async () => {
		await bob.change(ADA);
		for (let i = 0; i < 110; i++) { // more than the 100 messages of the history
			await alice.change(GRACE);
		}
		const connection = await connect(alice);
		const subscription = await connection.subscribe('contact.updated', { filter: { id: ADA } });
		const frame = await subscription.next();
		assert.equal(frame.headers.replay, 'true');
		assert.deepEqual(JSON.parse(frame.body), { id: ADA, updatedBy: 'bob' });
	});

	test('a topic may say that there is none', async () => {
		await alice.api('POST', '/alerts', { text: 'Yesterday' });
		const subscription = await (await connect(alice)).subscribe('admin.alert');
		await alice.api('POST', '/alerts', { text: 'Today' });
		assert.equal((await subscription.data()).text, 'Today');
	});

	test('what a scheduled job published is there at once', async () => {
		const contacts = await alice.api('GET', '/contacts');
		const stats = await (await connect(alice)).subscribe('pipeline.stats');
		const frame = await stats.next();
		assert.equal(frame.headers.replay, 'true');
		assert.equal(JSON.parse(frame.body).contacts, contacts.length);
	});

});

describe('recovery', () => {

	test('a position brings everything that was missed, in order', async () => {
		const before = await connect(alice);
		const { live } = await before.subscribe('contact.updated', LIVE);
		await before.close();
		const ids = [ADA, GRACE, KATHERINE, ADA];
		for (const id of ids) {
			await bob.change(id);
		}
		const subscription = await (await connect(alice)).subscribe('contact.updated', { since: live.headers.position });
		assert.equal(subscription.live.headers.recovered, 'true');
		const missed = [];
		for (const _ of ids) {
			missed.push(await subscription.next());
		}
		assert.deepEqual(missed.map(({ body }) => JSON.parse(body).id), ids);
		assert.ok(missed.every(({ headers }) => headers.recovered === 'true'));
	});

	test('a position nobody knows brings a gap', async () => {
		const subscription = await (await connect(alice)).subscribe('contact.updated', { since: 'gone-5' });
		assert.equal(subscription.live.headers.recovered, 'false');
		assert.equal((await subscription.next()).headers['realtime-control'], 'gap');
	});

});

describe('tenants', () => {

	test('never see each other, with the same topic and the same filter', async () => {
		const filter = { updatedBy: ['alice', 'bob', 'carol', 'dave'] };
		const acme = await (await connect(alice)).subscribe('contact.updated', { ...LIVE, filter });
		const globex = await (await connect(carol)).subscribe('contact.updated', { ...LIVE, filter });
		for (let i = 0; i < 20; i++) {
			await Promise.all([bob.change(ADA), dave.change(ALAN)]);
		}
		for (let i = 0; i < 20; i++) {
			assert.deepEqual(await acme.data(), { id: ADA, updatedBy: 'bob' });
			assert.deepEqual(await globex.data(), { id: ALAN, updatedBy: 'dave' });
		}
		await Promise.all([bob.change(GRACE), dave.change(EDSGER)]);
		assert.equal((await acme.data()).id, GRACE);
		assert.equal((await globex.data()).id, EDSGER);
	});

	test('are not replayed to each other', async () => {
		await bob.change(ADA);
		await dave.change(ALAN);
		const subscription = await (await connect(carol)).subscribe('contact.updated');
		assert.equal((await subscription.data()).id, ALAN);
		const other = await (await connect(carol)).subscribe('contact.updated', { filter: { id: ADA } });
		await bob.change(ADA);
		await dave.change(ALAN);
		assert.equal((await subscription.data()).id, ALAN);
		assert.deepEqual(other.rest(), []);
	});

	test('can not be changed by headers', async () => {
		const tricks = { tenant: 'acme', tenant_id: 'acme', tenantId: 'acme', 'X-Tenant': 'acme', 'user-name': 'alice' };
		const connection = await connect(carol, { connectHeaders: { ...tricks, host: 'acme', login: 'alice' } });
		const subscription = await connection.subscribe('contact.updated', { ...LIVE, ...tricks });
		await bob.change(ADA);
		await dave.change(ALAN);
		assert.equal((await subscription.data()).id, ALAN);
	});

	test('can not be named in a destination', async () => {
		const connection = await connect(carol);
		const tricks = ['acme/contact.updated', 'acme.contact.updated', '../acme/contact.updated', 'contact.updated/../acme',
			'contact.updated?tenant=acme', 'contact%2Eupdated', 'acme%2Fcontact.updated', 'contact.updated ', ' contact.updated',
			'Contact.updated', 'contact\u{ff0e}updated', 'c\u{43e}ntact.updated', 'contact..updated', '.contact.updated',
			'/contact.updated', 'contact.updated\\acme', 'acme:contact.updated', 'contact.updated\u{200b}', '', '.', '..'];
		for (const trick of tricks) {
			assert.equal(await connection.refusal(trick), 'unknown-topic', JSON.stringify(trick));
		}
	});

});

describe('the examples of the documentation', () => {

	const clients = [];

	async function run(user, code, names) {
		const example = await runExample(user, code, names);
		clients.push(example.client);
		return example;
	}

	const ofContact = (code) => code.replaceAll('document.42', `contact.viewed.${JOAN}`);

	after(() => Promise.all(clients.map((client) => client.deactivate())));

	test('who is there, and what members say', async () => {
		const [subscribing, saying] = examples('stompjs', 'Who is there').map(ofContact);
		let shown;
		const shows = (text) => eventually(() => shown === text, () => `${text}, and not ${shown}`);
		const { client } = await run(bob, subscribing, {
			showAvatars: (members) => { shown = members.map(({ id, info, status }) => `${id} ${info.name} ${status}`).sort().join(); },
		});
		await shows('bob Bob Berger online');
		const other = await alice.connect();
		await other.subscribe(`contact.viewed.${JOAN}`, { presence: 'join' });
		await shows('alice Alice Anders online,bob Bob Berger online');
		new Function('client', saying)(client);
		await shows('alice Alice Anders online,bob Bob Berger away');
		await other.close();
		await shows('bob Bob Berger away');
	});

	test('calls: replies, also out of order, and errors', async () => {
		const [code] = examples('calls', 'Without our client');
		const { answer: call } = await run(bob, `${code}; return call;`);
		const replies = await within(Promise.all([KATHERINE, ADA].map((id) => call(`/app/contacts.get.${id}`))), 'the replies');
		assert.deepEqual(replies.map(({ id }) => id), [KATHERINE, ADA]);
		await assert.rejects(within(call('/app/no.such.method', { x: 1 }), 'the error'), ({ code }) => code === 'unknown-destination');
		await assert.rejects(within(call(`/app/contacts.get.${ALAN}`), 'the error'), ({ detail }) => detail === `There is no contact ${ALAN}`);
	});

	test('what is for the user, and what another page says', async () => {
		const [subscribing, saying] = examples('stompjs', 'For the user, and from page to page').map(ofContact);
		const [notified, typing] = [[], []];
		await run(bob, subscribing, {
			notify: (event, data) => notified.push([event, data]),
			showTyping: (user, field) => typing.push([user, field]),
		});
		const { client } = await run(alice, 'client.onConnect = () => {};');
		new Function('client', saying)(client);
		await eventually(() => typing.length === 1);
		assert.deepEqual(typing, [['alice', 'title']]);
		notified.length = 0;
		await alice.change(JOAN, { note: '' });
		await alice.change(JOAN, { note: 'Please ask @bob' });
		await eventually(() => notified.length > 0);
		assert.equal(notified[0][0], 'notified');
	});

});

async function eventually(condition, what = () => 'the condition') {
	for (const end = Date.now() + 20_000; !condition(); await new Promise((resolve) => setTimeout(resolve, 20))) {
		assert.ok(Date.now() < end, `Waited for ${what()}`);
	}
}

function offset(position) {
	return Number(position.slice(position.lastIndexOf('-') + 1));
}
