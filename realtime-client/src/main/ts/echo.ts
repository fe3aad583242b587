import { connect, type Realtime } from './client.js';
import { CLIENT_CODES } from './codes.js';
import type { RealtimeOptions } from './options.js';
import type { PresenceMember, PresenceMode } from './presence.js';
import { SendError } from './sends.js';
import type { Subscription } from './subscription.js';
import type { ConnectionState, DataMessage, Refusal } from './types.js';

const NOTIFICATION = '.Illuminate\\Notifications\\Events\\BroadcastNotificationCreated';

type EventCallback = (data: unknown) => unknown;

type AnyEventCallback = (event: string, data: unknown) => unknown;

/** Echo's words for what the connection is doing. */
export type ConnectionStatus = 'connected' | 'disconnected' | 'connecting' | 'reconnecting' | 'failed';

const STATUS: Readonly<Record<ConnectionState, ConnectionStatus>> = {
  idle: 'disconnected',
  connecting: 'connecting',
  connected: 'connected',
  reconnecting: 'reconnecting',
  offline: 'reconnecting',
  closed: 'failed',
};

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

  presenceChannel(name: string): RealtimePresenceChannel {
    const channel = (this.channels[`presence-${name}`] ??= new RealtimePresenceChannel(this.realtime, name, this.options));
    return channel as RealtimePresenceChannel;
  }

  encryptedPrivateChannel(name: string): never {
    throw new Error(`Encrypted channels, such as "${name}", are not supported: a topic has a rule, and the connection TLS`);
  }

  leave(name: string): void {
    this.leaveChannel(name);
    this.leaveChannel(`private-${name}`);
    this.leaveChannel(`presence-${name}`);
  }

  leaveChannel(name: string): void {
    this.channels[name]?.unsubscribe();
    delete this.channels[name];
  }

  socketId(): string | undefined {
    return this.realtime.connectionId;
  }

  connectionStatus(): ConnectionStatus {
    return STATUS[this.realtime.state];
  }

  onConnectionChange(callback: (status: ConnectionStatus) => unknown): () => void {
    return this.realtime.on('state', (state) => callback(STATUS[state]));
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
  /** Not Echo's: what the channel is made of. */
  readonly subscription: Subscription;
  readonly #namespace: string | false;
  readonly #listeners = new Map<string, EventCallback[]>();
  #anyListeners: AnyEventCallback[] = [];
  #gapListeners: ((gap: Refusal) => unknown)[] = [];
  #errorListeners: ((refusal: Refusal) => unknown)[] = [];

  constructor(realtime: Realtime, topic: string, options: RealtimeConnectorOptions, presence?: PresenceMode) {
    this.name = topic;
    this.options = options;
    this.#namespace = options.namespace ?? 'App.Events';
    // Echo knows no replay.
    this.subscription = realtime.subscribe(topic, (_, message) => this.#dispatch(message), {
      replay: 'none',
      presence,
      onGap: (gap) => this.#gapListeners.forEach((listener) => listener(gap)),
    });
    this.subscription.on('denied', (refusal) => this.#refused(refusal));
    this.subscription.on('revoked', (refusal) => this.#refused(refusal));
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
    return this.listen(NOTIFICATION, callback);
  }

  listenForWhisper(event: string, callback: EventCallback): this {
    return this.listen(`.client-${event}`, callback);
  }

  stopListeningForWhisper(event: string, callback?: EventCallback): this {
    return this.stopListening(`.client-${event}`, callback);
  }

  stopListeningForNotification(callback: EventCallback): this {
    return this.stopListening(NOTIFICATION, callback);
  }

  /** To the others on the channel; nothing becomes of it while there is no connection. A refusal is an `error`. */
  whisper(event: string, data: unknown): this {
    this.subscription.send(`client-${event}`, data).catch((error: unknown) => {
      if (error instanceof SendError && !Object.hasOwn(CLIENT_CODES, error.code)) {
        this.#refused({ code: error.code, detail: error.detail });
      }
    });
    return this;
  }

  /** Called once it is live, at once if it is, and after each interruption. */
  subscribed(callback: () => unknown): this {
    if (this.subscription.state === 'live') {
      queueMicrotask(callback);
    }
    this.subscription.on('state', (state) => (state === 'live' ? callback() : undefined));
    return this;
  }

  /** Called when the subscription or a whisper is refused. */
  error(callback: (refusal: Refusal) => unknown): this {
    this.#errorListeners.push(callback);
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
    this.subscription.unsubscribe();
    this.#listeners.clear();
  }

  #refused(refusal: Refusal): void {
    this.#errorListeners.forEach((listener) => listener(refusal));
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

/** A member as Echo has it: what the topic tells of it, and its id. */
type EchoMember = Record<string, unknown> & { readonly id: string };

/** A presence channel of Echo, on which this user is a member. */
export class RealtimePresenceChannel extends RealtimeChannel {
  constructor(realtime: Realtime, topic: string, options: RealtimeConnectorOptions) {
    super(realtime, topic, options, 'join');
  }

  /** Called with all members once they are known; who comes and goes later is told by `joining` and `leaving`. */
  here(callback: (members: EchoMember[]) => unknown): this {
    const stop = this.subscription.presence.here((members) => {
      stop();
      return callback(members.map(echoMember));
    });
    return this;
  }

  joining(callback: (member: EchoMember) => unknown): this {
    this.subscription.presence.joining((member) => callback(echoMember(member)));
    return this;
  }

  leaving(callback: (member: EchoMember) => unknown): this {
    this.subscription.presence.leaving((member) => callback(echoMember(member)));
    return this;
  }
}

function echoMember({ id, info }: PresenceMember): EchoMember {
  return { ...(info as object | null), id };
}
