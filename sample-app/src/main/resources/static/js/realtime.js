/*
 * One realtime connection on top of stomp.js: restores the subscriptions after a reconnect
 * and tells the page how the connection is.
 */

const { Client, ReconnectionTimeMode } = globalThis.StompJs;

export class Realtime {

	#client;
	#listeners = { state: [], restored: [], closed: [] };
	#subscriptions = new Set();
	#nextId = 1;
	#wasLive = false;

	/** `connecting` at first, then `live` or `offline`, which reconnects by itself. */
	state = 'connecting';

	/** What the server calls this connection, once it is live. */
	connectionId;

	constructor(path = '/realtime') {
		const url = new URL(path, location.href);
		url.protocol = url.protocol.replace('http', 'ws');
		this.#client = new Client({
			brokerURL: url.href,
			heartbeatIncoming: 10_000,
			heartbeatOutgoing: 10_000,
			connectionTimeout: 10_000,
			reconnectDelay: 1_000,
			maxReconnectDelay: 30_000,
			reconnectTimeMode: ReconnectionTimeMode.EXPONENTIAL,
			onConnect: (frame) => this.#onConnect(frame),
			onWebSocketClose: () => this.#onClose(),
		});
	}

	connect() {
		this.#client.activate();
		addEventListener('online', () => this.#reconnectNow());
	}

	/**
	 * Listens to `state` (argument: the new one), to `restored` (live again after an interruption, so that
	 * something may have been missed) or to `closed` (every failed attempt to connect as well).
	 */
	on(event, listener) {
		this.#listeners[event].push(listener);
	}

	/**
	 * Calls back with the data and the message of every publication. Options: `filter`, an object; `replay`,
	 * `last` or `none`; `onControl`, which gets `denied`, `revoked` or `gap` and the reason.
	 * `ready` of the subscription resolves with whether it is live.
	 */
	subscribe(topic, callback, options = {}) {
		const subscription = new Subscription(topic, callback, options, () => {
			this.#subscriptions.delete(subscription);
		});
		this.#subscriptions.add(subscription);
		if (this.#client.connected) {
			subscription.open(this.#client, this.#nextId++);
		}
		return subscription;
	}

	async #onConnect(frame) {
		this.connectionId = frame.headers.session;
		const opened = [...this.#subscriptions].map((subscription) => subscription.open(this.#client, this.#nextId++));
		await Promise.all(opened);
		if (this.connectionId !== frame.headers.session || !this.#client.connected) {
			return;
		}
		this.#setState('live');
		if (this.#wasLive) {
			this.#emit('restored');
		}
		this.#wasLive = true;
	}

	#onClose() {
		this.connectionId = undefined;
		this.#subscriptions.forEach((subscription) => subscription.interrupted());
		this.#setState('offline');
		this.#emit('closed');
	}

	async #reconnectNow() {
		if (!this.#client.connected) {
			await this.#client.deactivate({ force: true });
			this.#client.activate();
		}
	}

	#setState(state) {
		if (this.state !== state) {
			this.state = state;
			this.#emit('state', state);
		}
	}

	#emit(event, argument) {
		this.#listeners[event].forEach((listener) => listener(argument));
	}

}

class Subscription {

	#topic;
	#callback;
	#options;
	#onUnsubscribe;
	#stomp;
	#settle;

	ready;

	constructor(topic, callback, options, onUnsubscribe) {
		this.#topic = topic;
		this.#callback = callback;
		this.#options = options;
		this.#onUnsubscribe = onUnsubscribe;
		this.#renew();
	}

	/** Subscribes on this connection. Resolves when the server said yes or no. */
	open(client, id) {
		const receipt = `subscribed-${id}`;
		const settle = this.#settle;
		client.watchForReceipt(receipt, () => settle(true));
		const headers = { id: `sub-${id}`, receipt };
		if (this.#options.filter) {
			headers.filter = JSON.stringify(this.#options.filter);
		}
		if (this.#options.replay) {
			headers.replay = this.#options.replay;
		}
		this.#stomp = client.subscribe(`/realtime/${this.#topic}`, (message) => this.#receive(message), headers);
		return this.ready;
	}

	/** The connection is gone; the next one opens the subscription again. */
	interrupted() {
		this.#stomp = undefined;
		this.#settle(false);
		this.#renew();
	}

	unsubscribe() {
		this.#onUnsubscribe();
		this.#stomp?.unsubscribe();
		this.#stomp = undefined;
		this.#settle(false);
	}

	#renew() {
		this.ready = new Promise((resolve) => {
			this.#settle = resolve;
		});
	}

	#receive(message) {
		const data = JSON.parse(message.body);
		const control = message.headers['realtime-control'];
		if (!control) {
			this.#callback(data, message);
			return;
		}
		if (control === 'denied') {
			this.#settle(false);
		}
		console.warn(`realtime: ${control} on ${this.#topic}`, data);
		this.#options.onControl?.(control, data);
	}

}
