import { connect, type Realtime } from './client.js';
import type { RealtimeOptions } from './options.js';
import type { Subscription } from './subscription.js';
import type { DataMessage, Refusal } from './types.js';

type EventCallback = (data: unknown) => unknown;

type AnyEventCallback = (event: string, data: unknown) => unknown;

/** What `new Echo({ broadcaster: RealtimeConnector, … })` may be given besides. */
export interface RealtimeConnectorOptions extends RealtimeOptions {
  /** A connection that exists already. */
  readonly realtime?: Realtime | undefined;
  /** What Echo puts before the names of events that do not begin with a dot; `App.Events` by default. */
  readonly namespace?: string | false | undefined;
}

/** Lets Laravel Echo work with Realtime: a channel is a topic, and an event is that of a message. */
export class RealtimeConnector {
  readonly options: RealtimeConnectorOptions;
  /** By the full name, `private-client.5` as well as `client.5`. */
  readonly channels: Record<string, RealtimeChannel> = {};
  readonly realtime: Realtime;
  readonly #isOwn: boolean;

  constructor(options: RealtimeConnectorOptions) {
    this.options = options;
    this.#isOwn = options.realtime === undefined;
    this.realtime = options.realtime ?? connect(options);
  }

  /** Echo calls it where a connector has to connect: ours does with the first channel. */
  connect(): void {}

  listen(name: string, event: string, callback: EventCallback): RealtimeChannel {
    return this.channel(name).listen(event, callback);
  }

  channel(name: string): RealtimeChannel {
    return this.#channel(name, name);
  }

  privateChannel(name: string): RealtimeChannel {
    return this.#channel(`private-${name}`, name);
  }

  presenceChannel(name: string): never {
    throw new Error(`Presence channels, such as "${name}", are not supported yet`);
  }

  encryptedPrivateChannel(name: string): never {
    throw new Error(`Encrypted channels, such as "${name}", are not supported: a topic has a rule, and the connection TLS`);
  }

  leave(name: string): void {
    this.leaveChannel(name);
    this.leaveChannel(`private-${name}`);
  }

  leaveChannel(name: string): void {
    this.channels[name]?.unsubscribe();
    delete this.channels[name];
  }

  socketId(): string | undefined {
    return this.realtime.connectionId;
  }

  disconnect(): void {
    Object.keys(this.channels).forEach((name) => this.leaveChannel(name));
    if (this.#isOwn) {
      this.realtime.close();
    }
  }

  #channel(fullName: string, topic: string): RealtimeChannel {
    return (this.channels[fullName] ??= new RealtimeChannel(this.realtime, topic, this.options));
  }
}

/** A channel of Echo: the events of one topic. */
export class RealtimeChannel {
  readonly name: string;
  readonly options: RealtimeConnectorOptions;
  readonly #namespace: string | false;
  readonly #subscription: Subscription;
  readonly #listeners = new Map<string, EventCallback[]>();
  #anyListeners: AnyEventCallback[] = [];
  #gapListeners: ((gap: Refusal) => unknown)[] = [];

  constructor(realtime: Realtime, topic: string, options: RealtimeConnectorOptions) {
    this.name = topic;
    this.options = options;
    this.#namespace = options.namespace ?? 'App.Events';
    // Echo knows no replay.
    this.#subscription = realtime.subscribe(topic, (_, message) => this.#dispatch(message), {
      replay: 'none',
      onGap: (gap) => this.#gapListeners.forEach((listener) => listener(gap)),
    });
  }

  /** `InvoiceCreated` is that event, with the namespace or without; `.custom` is `custom` and nothing else. */
  listen(event: string, callback: EventCallback): this {
    return this.on(event, callback);
  }

  listenToAll(callback: AnyEventCallback): this {
    this.#anyListeners.push(callback);
    return this;
  }

  stopListening(event: string, callback?: EventCallback): this {
    const rest = (this.#listeners.get(event) ?? []).filter((listener) => callback !== undefined && listener !== callback);
    this.#listeners.set(event, rest);
    return this;
  }

  stopListeningToAll(callback?: AnyEventCallback): this {
    this.#anyListeners = this.#anyListeners.filter((listener) => callback !== undefined && listener !== callback);
    return this;
  }

  notification(callback: EventCallback): this {
    return this.listen('.Illuminate\\Notifications\\Events\\BroadcastNotificationCreated', callback);
  }

  listenForWhisper(event: string, callback: EventCallback): this {
    return this.listen(`.client-${event}`, callback);
  }

  stopListeningForWhisper(event: string, callback?: EventCallback): this {
    return this.stopListening(`.client-${event}`, callback);
  }

  whisper(event: string): never {
    throw new Error(`Whispers, such as "${event}", are not supported: clients publish nothing`);
  }

  /** Called once it is live, at once if it is, and after each interruption. */
  subscribed(callback: () => unknown): this {
    if (this.#subscription.state === 'live') {
      queueMicrotask(callback);
    }
    this.#subscription.on('state', (state) => (state === 'live' ? callback() : undefined));
    return this;
  }

  error(callback: (refusal: Refusal) => unknown): this {
    this.#subscription.on('denied', callback);
    this.#subscription.on('revoked', callback);
    return this;
  }

  /** Not Echo's: called when messages were lost. */
  gap(callback: (gap: Refusal) => unknown): this {
    this.#gapListeners.push(callback);
    return this;
  }

  on(event: string, callback: EventCallback): this {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), callback]);
    return this;
  }

  subscribe(): void {}

  unsubscribe(): void {
    this.#subscription.unsubscribe();
    this.#listeners.clear();
  }

  #dispatch(message: DataMessage): void {
    const event = message.event ?? '';
    this.#anyListeners.forEach((listener) => listener(`.${event}`, message.data));
    for (const [name, listeners] of this.#listeners) {
      if (this.#means(name, event)) {
        listeners.forEach((listener) => listener(message.data));
      }
    }
  }

  #means(name: string, event: string): boolean {
    if (/^[.\\]/.test(name)) {
      return name.slice(1) === event;
    }
    return name === event || `${this.#namespace || ''}.${name}`.replaceAll('.', '\\') === event.replaceAll('.', '\\');
  }
}
