/* The browser client in a real Chromium: React, Vue, a plain page, plain stomp.js, several tabs, and what browsers do to pages. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { launch } from './browser.mjs';
import { baseUrl, examples, User } from './support.mjs';

const [ADA, GRACE] = [1, 2]; // contacts of acme

const CLIENT = fileURLToPath(new URL('../../../../realtime-client/src/main/ts', import.meta.url));

const MODULES = fileURLToPath(new URL('node_modules/', import.meta.url));

const REACT = `
	import { StrictMode, useState } from 'react';
	import { createRoot } from 'react-dom/client';
	import { connect } from '${CLIENT}/index.ts';
	import { RealtimeProvider, useConnectionState, useTopic } from '${CLIENT}/react.ts';

	const realtime = window.realtime = connect();

	function Contact({ id }) {
		const [hints, setHints] = useState([]);
		const state = useTopic('contact.updated', { id }, (data) => setHints((all) => [...all, data ? data.updatedBy : 'gap']), { replay: 'none' });
		return <li data-id={id}>{state} {hints.join()}</li>;
	}

	function App() {
		const [ids, setIds] = useState([1]);
		const [renders, setRenders] = useState(0);
		window.show = setIds;
		window.renderAgain = () => setRenders((n) => n + 1);
		return <><output>{useConnectionState()} {renders}</output><ul>{ids.map((id, i) => <Contact key={i} id={id} />)}</ul></>;
	}

	createRoot(document.body).render(<StrictMode><RealtimeProvider realtime={realtime}><App /></RealtimeProvider></StrictMode>);
`;

const VUE = `
	import { createApp, defineComponent, h, ref } from 'vue';
	import { connect } from '${CLIENT}/index.ts';
	import { realtimePlugin, useConnectionState, useTopic } from '${CLIENT}/vue.ts';

	const realtime = window.realtime = connect();
	const ids = ref([1]);
	window.show = (value) => { ids.value = value; };

	const Contact = defineComponent({
		props: { id: { type: Number, required: true } },
		setup(props) {
			const hints = ref([]);
			const state = useTopic('contact.updated', () => ({ id: props.id }), (data) => hints.value.push(data ? data.updatedBy : 'gap'), { replay: 'none' });
			return () => h('li', { 'data-id': props.id }, state.value + ' ' + hints.value.join());
		},
	});

	createApp({
		setup() {
			const state = useConnectionState();
			return () => [h('output', state.value), h('ul', ids.value.map((id, i) => h(Contact, { key: i, id })))];
		},
	}).use(realtimePlugin(realtime)).mount('body');
`;

const PLAIN = `<!doctype html>
	<realtime-status></realtime-status><ul><li></li></ul>
	<script type="module">
		import { connect } from '/realtime/client.js';
		const realtime = window.realtime = connect();
		const hints = window.hints = [];
		const subscription = realtime.subscribe('contact.updated', { id: 1 }, (data) => {
			hints.push(data ? data.updatedBy : 'gap');
			document.querySelector('li').textContent = subscription.state + ' ' + hints.join();
		}, { replay: 'none' });
		subscription.on('state', (state) => { document.querySelector('li').textContent = state + ' ' + hints.join(); });
	</script>`;

let browser, alice, carol, bob;

before(async () => {
	[browser, alice, carol, bob] = await Promise.all([
		launch(), User.login('alice'), User.login('carol'), User.login('bob'),
	]);
});

after(() => browser?.close());

let pages = [];

afterEach(async () => {
	const errors = pages.flatMap((page) => page.errors);
	await Promise.all(pages.map((page) => page.context().close()));
	pages = [];
	assert.deepEqual(errors, [], 'no script failed');
});

/** A page of its own at the address of the application, logged in as bob. */
async function open(html, script = '', prepare = () => {}) {
	const context = await browser.newContext({ baseURL: baseUrl });
	context.setDefaultTimeout(30_000);
	await logIn(context, bob);
	await context.route('**/test/page', (route) => route.fulfill({ contentType: 'text/html', body: html }));
	await context.route('**/test/script.js', (route) => route.fulfill({ contentType: 'text/javascript', body: script }));
	await prepare(context);
	return tab(context);
}

function logIn(context, user) {
	const [name, value] = user.cookie.split('=');
	return context.addCookies([{ name, value, url: baseUrl }]);
}

async function tab(context) {
	const page = await context.newPage();
	page.errors = [];
	page.sent = [];
	page.on('pageerror', (error) => page.errors.push(error));
	page.sockets = [];
	page.on('websocket', (socket) => {
		page.sockets.push({ closed: new Promise((resolve) => socket.on('close', resolve)) });
		socket.on('framesent', ({ payload }) => page.sent.push(String(payload)));
	});
	pages.push(page);
	await page.goto('/test/page');
	return page;
}

async function openBundle(source) {
	const { outputFiles: [{ text }] } = await build({
		stdin: { contents: source, loader: 'jsx', resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
		// One copy of each, though the client's own tests have theirs.
		alias: Object.fromEntries(['react', 'react-dom', 'vue', '@stomp/stompjs'].map((name) => [name, MODULES + name])),
		bundle: true,
		format: 'esm',
		jsx: 'automatic',
		define: { 'process.env.NODE_ENV': '"development"', __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false',
			__VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
		write: false,
		logLevel: 'error',
	});
	return open('<!doctype html><body></body><script type="module" src="/test/script.js"></script>', text);
}

// Attached is enough: without fonts a line has no height, and is not visible.
const ATTACHED = { state: 'attached' };

const sees = (page, text) => page.locator('li').filter({ hasText: text }).first().waitFor(ATTACHED);

const count = (page, command) => page.sent.filter((frame) => frame.startsWith(`${command}\n`)).length;

/** The number of live subscriptions on the server that are of these pages. */
const onWire = (page) => count(page, 'SUBSCRIBE') - count(page, 'UNSUBSCRIBE');

for (const [framework, source] of [['React', REACT], ['Vue', VUE]]) {
	test(`${framework}: hints arrive, filters hold, and components share a subscription`, async () => {
		const page = await openBundle(source);
		await page.evaluate(([ada]) => window.show([ada, ada]), [ADA]);
		await sees(page, 'live');
		await alice.change(GRACE);
		await alice.change(ADA);
		await page.waitForFunction(() => [...document.querySelectorAll('li')].every((li) => li.textContent === 'live alice'));
		assert.equal(await page.locator('li').count(), 2);
		assert.equal(onWire(page), 1);
		await page.locator('output').filter({ hasText: 'connected' }).waitFor(ATTACHED);

		await page.evaluate(([grace]) => window.show([grace]), [GRACE]);
		await page.waitForFunction(() => window.realtime.subscriptionCount === 1);
		await sees(page, 'live');
		await alice.change(GRACE);
		await sees(page, 'alice');
		await page.evaluate(() => window.show([]));
		await page.waitForFunction(() => window.realtime.subscriptionCount === 0);
		assert.equal(onWire(page), 0);
	});

	test(`${framework}: 1,000 times mounted and unmounted leave nothing`, async () => {
		const page = await openBundle(source);
		await sees(page, 'live');
		await page.evaluate(async () => {
			for (let i = 0; i < 1_000; i++) {
				window.show(i % 2 ? [] : [i % 5, i % 3]);
				if (i % 5 === 0) {
					await new Promise((resolve) => setTimeout(resolve, 0));
				}
			}
			window.show([]);
		});
		await page.waitForFunction(() => window.realtime.subscriptionCount === 0);
		assert.equal(onWire(page), 0);
	});
}

test('React: renders do not subscribe anew', async () => {
	const page = await openBundle(REACT);
	await sees(page, 'live');
	await page.evaluate(async () => {
		for (let i = 0; i < 100; i++) {
			window.renderAgain();
			await new Promise((resolve) => requestAnimationFrame(resolve));
		}
	});
	await page.locator('output').filter({ hasText: '100' }).waitFor(ATTACHED);
	assert.deepEqual([count(page, 'SUBSCRIBE'), count(page, 'UNSUBSCRIBE')], [1, 0]);
});

test('a plain page: the served module, its source map, and the indicator', async () => {
	const page = await open(PLAIN);
	await sees(page, 'live');
	await page.getByRole('status').filter({ hasText: 'Live' }).waitFor(ATTACHED);
	await alice.change(ADA);
	await carol.change(8);
	await sees(page, 'live alice');
	const map = await (await bob.fetch('/realtime/client.js.map')).json();
	assert.ok(map.sources.some((name) => name.endsWith('link.ts')));
});

/** The page with plain stomp.js that is in the documentation, with what it leaves to its reader, and a shorter way to reconnect. */
async function openStompPage(replace) {
	const [html] = examples('stompjs', undefined, 'html');
	const stomp = readFileSync(new URL('node_modules/@stomp/stompjs/bundles/stomp.umd.js', import.meta.url), 'utf8');
	const page = await open(`<!doctype html><ul><li></li></ul><script>
		const shown = [];
		const warned = [];
		let fetched = 0;
		const show = ({ id, updatedBy }, newest) => {
			shown.push((newest ? 'newest ' : '') + id + ' ' + updatedBy);
			document.querySelector('li').textContent = shown.join();
		};
		const fetchEverythingAgain = () => { fetched++; };
		console.warn = (...text) => warned.push(text.join(' '));
	</script>${replace(html.replace(/src="[^"]*"/, 'src="/test/script.js"').replace('brokerURL', 'reconnectDelay: 1_000, brokerURL'))}`, stomp);
	await page.waitForFunction(() => typeof client === 'object');
	return page;
}

test('the page with plain stomp.js that is in the documentation: the newest, the filter, what was missed, and gaps', async () => {
	await alice.change(ADA);
	const page = await openStompPage((html) => html.replace('[5, 7]', `[${ADA}]`));
	await sees(page, `newest ${ADA} alice`);
	await alice.change(GRACE);
	await bob.change(ADA);
	await sees(page, `newest ${ADA} alice,${ADA} bob`);
	await page.evaluate(() => client.forceDisconnect());
	await alice.change(ADA);
	await bob.change(ADA);
	await sees(page, `newest ${ADA} alice,${ADA} bob,${ADA} alice,${ADA} bob`);
	assert.equal(await page.evaluate(() => fetched), 0);
	assert.match(page.sent.filter((frame) => frame.startsWith('SUBSCRIBE\n')).at(-1), /\nsince:.+-\d+\n/);

	await page.evaluate(() => {
		since = 'gone-5';
		client.forceDisconnect();
	});
	await page.waitForFunction(() => fetched === 1);
	await alice.change(ADA);
	await sees(page, `${ADA} bob,${ADA} alice`);
	assert.deepEqual(await page.evaluate(() => [shown.length, fetched, warned]), [5, 1, []]);
});

test('the page with plain stomp.js that is in the documentation: a refusal', async () => {
	const page = await openStompPage((html) => html.replace('contact.updated', 'admin.alert'));
	await page.waitForFunction(() => warned.length > 0);
	assert.match(await page.evaluate(() => warned.join()), /^denied forbidden \w+/);
	assert.equal(page.sockets.length, 1);
});

test('the list of 500 rows that is in the documentation: a burst of hints is a few requests', async () => {
	const [code] = examples('client', 'When many fetch at once');
	const page = await open(`<!doctype html><ul></ul><script type="module">
		import { connect } from '/realtime/client.js';
		const realtime = connect();
		const requests = window.requests = [];
		const api = {
			async get(path) {
				const ids = new URL(path, location).searchParams.get('ids').split(',').map(Number);
				requests.push(ids);
				const contacts = await (await fetch('/api/contacts')).json();
				return contacts.filter(({ id }) => ids.includes(id));
			},
		};
		const loadList = () => {};
		${code}
		for (let id = 1; id <= 500; id++) {
			const row = document.createElement('li');
			document.querySelector('ul').append(row);
			rows.set(id, { show: ({ version }) => { row.textContent = '#' + id + ' version ' + version + '.'; } });
		}
	</script>`);
	const contacts = (await bob.api('GET', '/contacts')).map(({ id }) => id);
	// The newest message from before, or this one: then it is live.
	await alice.change(contacts[0]);
	await page.waitForFunction(() => requests.length > 0);
	const before = await page.evaluate(() => requests.length);
	const start = Date.now();
	const changes = 15;
	const versions = await Promise.all(contacts.map(async (id) => {
		let contact;
		for (let i = 0; i < changes; i++) {
			contact = await alice.change(id);
		}
		return contact;
	}));
	for (const { id, version } of versions) {
		await sees(page, `#${id} version ${version}.`);
	}
	const seconds = (Date.now() - start) / 1_000;
	const requests = (await page.evaluate(() => window.requests)).slice(before);
	assert.ok(requests.length <= seconds + 2, `${requests.length} requests in ${seconds} s for ${contacts.length * changes} hints`);
	assert.ok(requests.length < contacts.length * changes / 5, `${requests.length} requests`);
	assert.ok(requests.every((ids) => new Set(ids).size === ids.length));
	assert.equal(await page.locator('li').count(), 500);
});

test('the indicator takes its colours and sizes from CSS', async () => {
	const page = await open(PLAIN.replace('<realtime-status>', `<style>
		realtime-status {
			--realtime-status-connected: rgb(1, 1, 1);
			--realtime-status-reconnecting: rgb(2, 2, 2);
			--realtime-status-offline: rgb(3, 3, 3);
			--realtime-status-idle: rgb(4, 4, 4);
			--realtime-status-size: 21px;
			--realtime-status-gap: 7px;
			--realtime-status-font: italic 19px monospace;
		}
		.word { --realtime-status-color: rgb(5, 5, 5); }
		.parts::part(dot) { border-radius: 3px; }
		.parts::part(label) { letter-spacing: 2px; }
	</style><realtime-status>`));
	await page.getByRole('status').filter({ hasText: 'Live' }).waitFor(ATTACHED);
	const look = () => page.evaluate(() => {
		const element = document.querySelector('realtime-status');
		const style = (part) => getComputedStyle(part ? element.shadowRoot.querySelector(`[part=${part}]`) : element);
		const { backgroundColor, width, height, borderRadius } = style('dot');
		const { fontSize, fontStyle, color, letterSpacing } = style('label');
		return { backgroundColor, width, height, borderRadius, fontSize, fontStyle, color, letterSpacing, gap: style().columnGap };
	});
	const expected = (color) => ({
		backgroundColor: color, width: '21px', height: '21px', borderRadius: '50%',
		fontSize: '19px', fontStyle: 'italic', color, letterSpacing: 'normal', gap: '7px',
	});
	assert.deepEqual(await look(), expected('rgb(1, 1, 1)'));
	for (const [state, color] of [['reconnecting', 2], ['connecting', 2], ['offline', 3], ['closed', 3], ['idle', 4]]) {
		await page.evaluate((value) => document.querySelector('realtime-status').setAttribute('state', value), state);
		assert.deepEqual(await look(), expected(`rgb(${color}, ${color}, ${color})`), state);
	}
	await page.evaluate(() => { document.querySelector('realtime-status').className = 'word parts'; });
	assert.deepEqual(await look(), { ...expected('rgb(4, 4, 4)'), color: 'rgb(5, 5, 5)', borderRadius: '3px', letterSpacing: '2px' });
});

test('the call from browser to browser (WebRTC) that is in the documentation', async () => {
	const [code] = examples('client-events', 'Examples');
	const html = `<!doctype html><script type="module">
		import { connect } from '/realtime/client.js';
		const realtime = connect();
		${code.replace('lobby.7', `contact.viewed.${GRACE}`)}
		const heard = window.heard = [];
		peer.ondatachannel = ({ channel }) => {
			channel.onmessage = ({ data }) => { heard.push(data); channel.send('hello, ' + data); };
		};
		window.dial = (user) => {
			const channel = peer.createDataChannel('chat');
			channel.onopen = () => channel.send('alice');
			channel.onmessage = ({ data }) => heard.push(data);
			return ring(user);
		};
		await call.ready;
		window.isReady = true;
	</script>`;
	const callee = await open(html);
	const caller = await open(html, '', (context) => logIn(context, alice));
	await Promise.all([caller, callee].map((page) => page.waitForFunction(() => window.isReady)));
	await caller.evaluate(() => window.dial('bob'));
	await Promise.all([caller, callee].map((page) => page.waitForFunction(() => window.heard.length > 0)));
	assert.deepEqual(await callee.evaluate(() => window.heard), ['alice']);
	assert.deepEqual(await caller.evaluate(() => window.heard), ['hello, alice']);
});

test('two tabs: each has its own connection', async () => {
	const first = await open(PLAIN);
	const second = await tab(first.context());
	await Promise.all([sees(first, 'live'), sees(second, 'live')]);
	await alice.change(ADA);
	await Promise.all([sees(first, 'live alice'), sees(second, 'live alice')]);
	await first.close();
	await bob.change(ADA);
	await sees(second, 'live alice,bob');
});

test('the back/forward cache: a page has no connection in there, and comes back with what it missed', async () => {
	const page = await open(PLAIN);
	await sees(page, 'live');
	const [socket] = page.sockets;
	const move = (type) => page.evaluate((name) => window.dispatchEvent(new PageTransitionEvent(name, { persisted: true })), type);
	// This Chromium has no such cache; but it is with these events that pages go there and come back.
	await move('pagehide');
	await socket.closed;
	await alice.change(ADA);
	await move('pageshow');
	await sees(page, 'live alice');
	assert.deepEqual(await page.evaluate(() => window.hints), ['alice']);
	assert.equal(page.sockets.length, 2);
});

test('offline and online again: what was missed is there', async () => {
	let socket;
	let offline = false;
	const page = await open(PLAIN, '', (context) => context.routeWebSocket('**/realtime', (route) => {
		if (offline) {
			route.close({ code: 1011 });
		}
		else {
			socket = route;
			route.connectToServer();
		}
	}));
	await sees(page, 'live');
	await page.evaluate(() => { window.states = []; window.realtime.on('state', (state) => window.states.push(state)); });
	// What Chromium does to the network does not reach WebSockets that are open, so that is done here.
	offline = true;
	const devTools = await page.context().newCDPSession(page);
	const network = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
	await devTools.send('Network.enable');
	await devTools.send('Network.emulateNetworkConditions', { ...network, offline: true });
	await socket.close({ code: 1011 });
	await page.getByRole('status').filter({ hasText: 'Offline' }).waitFor(ATTACHED);
	await alice.change(ADA);
	offline = false;
	await devTools.send('Network.emulateNetworkConditions', { ...network, offline: false });
	const start = Date.now();
	await sees(page, 'live alice');
	assert.ok(Date.now() - start < 3_000, 'at once');
	assert.deepEqual(await page.evaluate(() => window.states), ['offline', 'reconnecting', 'connected']);
});
