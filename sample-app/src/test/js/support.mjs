/* Users of the running application: their HTTP session and their STOMP connections. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Client } from '@stomp/stompjs';
import WebSocket from 'ws';

export const baseUrl = process.env.BASE_URL ?? 'http://localhost:8080';

export const webSocketUrl = `${baseUrl.replace(/^http/, 'ws')}/realtime`;

const TIMEOUT = 20_000;

/** Fails instead of waiting for ever. */
export function within(promise, what, timeout = TIMEOUT) {
	let timer;
	const late = new Promise((_, reject) => {
		timer = setTimeout(() => reject(new Error(`Waited ${timeout} ms for ${what}`)), timeout);
	});
	return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** A logged-in user. */
export class User {

	cookie = '';
	csrf = {};

	static async login(username, password = 'password') {
		const user = new User();
		const loginPage = await (await user.fetch('/login')).text();
		const response = await user.fetch('/login', {
			method: 'POST',
			body: new URLSearchParams({ username, password, _csrf: loginPage.match(/name="_csrf" value="([^"]+)"/)[1] }),
		});
		assert.equal(response.headers.get('location'), `${baseUrl}/`, 'the login was accepted');
		const page = await (await user.fetch('/')).text();
		const meta = (name) => page.match(new RegExp(`name="${name}" content="([^"]+)"`))[1];
		user.csrf = { [meta('csrf-header')]: meta('csrf-token') };
		return user;
	}

	async fetch(path, options = {}) {
		const headers = { ...options.headers, ...this.csrf, cookie: this.cookie };
		const response = await fetch(baseUrl + path, { redirect: 'manual', ...options, headers });
		const cookie = response.headers.getSetCookie()[0];
		if (cookie) {
			this.cookie = cookie.split(';')[0];
		}
		return response;
	}

	async api(method, path, body, headers = {}) {
		const response = await this.fetch(`/api${path}`, {
			method,
			body: body && JSON.stringify(body),
			headers: { 'Content-Type': 'application/json', ...headers },
		});
		assert.ok(response.ok, `${method} ${path}: ${response.status}`);
		return (response.status === 204) ? undefined : response.json();
	}

	/** Changes some fields of a contact, whatever others did to it. */
	async change(id, fields = {}, headers = {}) {
		const { version, ...contact } = await this.api('GET', `/contacts/${id}`);
		return this.api('PUT', `/contacts/${id}`, { ...contact, ...fields }, headers);
	}

	/** Opens a STOMP connection with the cookie of the session. */
	connect(options) {
		return Connection.open({ cookie: this.cookie, ...options });
	}

}

/** A STOMP connection by plain stomp.js. */
export class Connection {

	#nextId = 1;
	closed;
	connected;
	receipts = [];
	unexpected = [];

	static async open({ cookie, connectHeaders = {} }) {
		const connection = new Connection();
		const client = connection.client = new Client({
			webSocketFactory: () => new WebSocket(webSocketUrl, ['v12.stomp', 'v11.stomp', 'v10.stomp'],
				{ headers: { cookie } }),
			connectHeaders,
			reconnectDelay: 0,
			heartbeatIncoming: 10_000,
			heartbeatOutgoing: 10_000,
		});
		client.onUnhandledMessage = client.onUnhandledFrame = (frame) => connection.unexpected.push(frame);
		connection.closed = new Promise((resolve) => {
			client.onWebSocketClose = resolve;
		});
		connection.connected = await within(new Promise((resolve, reject) => {
			client.onConnect = resolve;
			client.onStompError = (frame) => reject(new Error(frame.headers.message));
			connection.closed.then(({ code }) => reject(new Error(`closed with ${code}`)));
			client.activate();
		}), 'CONNECTED');
		return connection;
	}

	/** The RECEIPT of the frame that is sent by the callback with the header it gets. */
	async #receiptOf(send) {
		const receipt = `receipt-${this.#nextId++}`;
		const answer = new Promise((resolve) => this.client.watchForReceipt(receipt, (frame) => {
			this.receipts.push(frame.headers['receipt-id']);
			resolve(frame);
		}));
		send({ receipt });
		return answer;
	}

	/** Sends SUBSCRIBE, without waiting for the answer. */
	start(topic, { filter, ...headers } = {}) {
		const subscription = new Subscription();
		if (filter !== undefined) {
			headers.filter = (typeof filter === 'string') ? filter : JSON.stringify(filter);
		}
		subscription.receipt = this.#receiptOf((receipt) => {
			subscription.stomp = this.client.subscribe(`/realtime/${topic}`, (message) => subscription.add(message),
				{ id: `subscription-${this.#nextId++}`, ...headers, ...receipt });
		});
		return subscription;
	}

	/** Subscribes and waits until the subscription is live. */
	async subscribe(topic, options) {
		const subscription = this.start(topic, options);
		const denied = subscription.denied.then(({ code }) => Promise.reject(new Error(`${topic}: denied, ${code}`)));
		subscription.live = await within(Promise.race([subscription.receipt, denied]), `RECEIPT of ${topic}`);
		return subscription;
	}

	/** Subscribes to what must not be, and answers the code. */
	async refusal(topic, options) {
		const subscription = this.start(topic, options);
		const live = subscription.receipt.then(() => Promise.reject(new Error(`${topic}: live`)));
		return (await within(Promise.race([subscription.denied, live]), `denial of ${topic}`)).code;
	}

	async unsubscribe(subscription) {
		await within(this.#receiptOf((receipt) => subscription.stomp.unsubscribe(receipt)), 'RECEIPT of UNSUBSCRIBE');
	}

	/** Sends to a destination and answers the RECEIPT. */
	send(destination, body, headers = {}) {
		const receipt = this.#receiptOf((receipt) => this.client.publish({ destination, body, headers: { ...headers, ...receipt } }));
		return within(receipt, 'RECEIPT of SEND');
	}

	/** Ends the connection with a DISCONNECT and answers its RECEIPT. */
	async close() {
		let receipt;
		this.client.onDisconnect = (frame) => {
			receipt = frame;
		};
		await within(this.client.deactivate(), 'the end of the connection');
		return receipt;
	}

}

class Subscription {

	#frames = [];
	#waiting = [];

	/** Resolves with the body of the control message, if there is one. */
	denied = new Promise((resolve) => {
		this.add = (frame) => {
			if (frame.headers['realtime-control'] === 'denied') {
				resolve(JSON.parse(frame.body));
				return;
			}
			const waiting = this.#waiting.shift();
			if (waiting) {
				waiting(frame);
			}
			else {
				this.#frames.push(frame);
			}
		};
	});

	/** The next MESSAGE, in the order they came. */
	next() {
		const frame = this.#frames.shift();
		return frame ? Promise.resolve(frame)
			: within(new Promise((resolve) => this.#waiting.push(resolve)), 'MESSAGE');
	}

	/** The data of the next MESSAGE. */
	async data() {
		return JSON.parse((await this.next()).body);
	}

	/** The data of everything that came and nobody took. */
	rest() {
		return this.#frames.map(({ body }) => JSON.parse(body));
	}

}

/**
 * Runs an example of the documentation that has a `client` of stomp.js, as this user, until what it subscribes to is live.
 * The names it uses are given; it may answer something, which comes with the client.
 */
export async function runExample(user, code, names = {}) {
	const client = new Client({
		webSocketFactory: () => new WebSocket(webSocketUrl, ['v12.stomp'], { headers: { cookie: user.cookie } }),
		reconnectDelay: 0,
	});
	const answer = new Function('client', ...Object.keys(names), code)(client, ...Object.values(names));
	const { onConnect } = client;
	await within(new Promise((resolve) => {
		client.onConnect = (frame) => {
			onConnect(frame);
			// Frames of one connection are handled in order.
			client.watchForReceipt('settled', resolve);
			client.subscribe('/realtime/@me', () => {}, { id: 'last', receipt: 'settled', replay: 'none' });
		};
		client.activate();
	}), 'the example');
	return { client, answer };
}

/** The examples in a part of the documentation, in order. */
export function examples(page, heading, language = 'js') {
	const text = readFileSync(new URL(`../../../../docs/${page}.md`, import.meta.url), 'utf8');
	const part = heading ? text.split(/^##+ /m).find((candidate) => candidate.startsWith(`${heading}\n`)) : text;
	assert.ok(part, `${page}.md has "${heading}"`);
	return [...part.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g'))].map(([, code]) => code);
}

/** Tries a handshake and answers its HTTP status. */
export function handshake(headers = {}) {
	return within(new Promise((resolve, reject) => {
		const socket = new WebSocket(webSocketUrl, ['v12.stomp'], { headers });
		socket.on('unexpected-response', (request, response) => {
			request.destroy();
			resolve(response.statusCode);
		});
		socket.on('upgrade', (response) => resolve(response.statusCode));
		socket.on('open', () => socket.close());
		socket.on('error', reject);
	}), 'the handshake');
}
