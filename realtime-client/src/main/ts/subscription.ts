import { Delivery, type DeliveryTarget } from './delivery.js';
import { DISPOSE } from './dispose.js';
import { attempt, Emitter } from './emitter.js';
import type { Environment } from './environment.js';
import { MessageBuffer } from './message-buffer.js';
import { type ChannelPresence, PagePresence, type PresenceMember, type PresenceMode, type PresenceState, type PresenceUpdate } from './presence.js';
import { SendError } from './sends.js';
import { DESTINATION_PREFIX, type Member, type Subject } from './shared-subscription.js';
import {
  type Callback,
  type DataCallback,
  type DataMessage,
  type Filter,
  type GapMessage,
  type Message,
  type Refusal,
  type SubscribeOptions,
  SubscriptionError,
  type SubscriptionState,
} from './types.js';

/** What happens to a subscription. */
export interface SubscriptionEvents {
  state: SubscriptionState;
  /** It never became live. */
  denied: Refusal;
  /** It is no longer live: the permission was withdrawn. */
  revoked: Refusal;
  /** Messages were lost, fetch the data again. Who listens to it is not told by the callback. */
  gap: Refusal;
}

/** To whom an event goes: to the others on the channel, unless given. */
export interface SendOptions {
  /** `all`: back to this connection, too. */
  readonly to?: 'all' | undefined;
  /** Only to the connections of this user. */
  readonly user?: string | undefined;
}

/** A subscription of the page. */
export interface Subscription<T = unknown, M extends PresenceMember = PresenceMember> extends AsyncIterable<Message<T>> {
  readonly topic: string;
  /** All keys have to match. */
  readonly filter: Filter | undefined;
  readonly state: SubscriptionState;
  /**
   * Resolved once nothing published later can be missed; rejected with a `SubscriptionError` if that will never be.
   * Nobody has to look at it.
   */
  readonly ready: Promise<void>;
  /** Who is there; nobody, without the option `presence`. */
  readonly presence: ChannelPresence<M>;
  /**
   * Gets the messages of one event, until the returned function is called. What somebody listens to does not go to the
   * callback, and `coalesce`, `spread` and `whenVisible` do not hold it back.
   */
  listen<D = T>(event: string, listener: DataCallback<D>): () => void;
  /**
   * Sends an event to the others on the channel, where the topic lets clients do so. It is not kept while there is no
   * connection: the promise is rejected with a `SendError`, as if the server refuses it.
   */
  send(event: string, data?: unknown, options?: SendOptions): Promise<void>;
  /** Listens until the returned function is called. */
  on<E extends keyof SubscriptionEvents>(event: E, listener: (value: SubscriptionEvents[E]) => unknown): () => void;
  unsubscribe(): void;
  [Symbol.dispose](): void;
}

/** What a subscription needs of its owner. */
export interface SubscriptionContext {
  readonly environment: Environment;
  readonly onError: (error: unknown) => void;
  readonly leave: (subscription: PageSubscription) => void;
  readonly send: (destination: string, headers: Record<string, string>, body: unknown) => Promise<void>;
  readonly presence: (subscription: PageSubscription) => PresenceState | undefined;
  readonly updatePresence: (subscription: PageSubscription, state: PresenceUpdate) => void;
}

/** One of several equal subscriptions of the page. */
export class PageSubscription implements Subscription, Member, DeliveryTarget {
  readonly subject: Subject;
  readonly mode: PresenceMode | undefined;
  /** Not if only presence matters. */
  readonly wantsReplay: boolean;
  readonly ready: Promise<void>;
  readonly presence: PagePresence;

  readonly #context: SubscriptionContext;
  readonly #events: Emitter<SubscriptionEvents>;
  /** By event. */
  readonly #listeners: Emitter<Record<string, DataMessage>>;
  readonly #callback: Callback<unknown> | undefined;
  readonly #onGap: ((gap: Refusal) => unknown) | undefined;
  readonly #delivery: Delivery | undefined;
  /** From the start if there is neither a callback nor presence, so that no message is missed before the loop begins. */
  #buffer: MessageBuffer | undefined;
  #state: SubscriptionState = 'pending';
  #hasReceived = false;
  #settle!: { resolve: () => void; reject: (error: SubscriptionError) => void };
  #unlisten: (() => void) | undefined;

  constructor(
    subject: Subject,
    callback: Callback<unknown> | DataCallback<unknown> | undefined,
    options: SubscribeOptions,
    context: SubscriptionContext,
  ) {
    this.subject = subject;
    this.#callback = callback as Callback<unknown> | undefined;
    this.#onGap = options.onGap;
    this.#context = context;
    this.#events = new Emitter(context.onError);
    this.#listeners = new Emitter(context.onError);
    this.mode = options.presence;
    this.wantsReplay = callback !== undefined || options.presence === undefined;
    this.presence = new PagePresence(
      () => context.presence(this),
      (state) => this.#updatePresence(state),
      context.onError,
    );
    this.ready = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.ready.catch(() => {});
    const { coalesce = 0, whenVisible = false, spread = 0, signal } = options;
    if (coalesce > 0 || whenVisible || spread > 0) {
      this.#delivery = new Delivery({ coalesce, whenVisible, spread }, this, context.environment, context.onError);
    }
    if (this.wantsReplay && callback === undefined) {
      this.#buffer = new MessageBuffer();
    }
    if (signal !== undefined) {
      const abort = (): void => this.unsubscribe();
      signal.addEventListener('abort', abort);
      this.#unlisten = () => signal.removeEventListener('abort', abort);
    }
  }

  get topic(): string {
    return this.subject.topic;
  }

  get filter(): Filter | undefined {
    return this.subject.filter;
  }

  get state(): SubscriptionState {
    return this.#state;
  }

  on<E extends keyof SubscriptionEvents>(event: E, listener: (value: SubscriptionEvents[E]) => unknown): () => void {
    return this.#events.on(event, listener);
  }

  listen<D>(event: string, listener: DataCallback<D>): () => void {
    return this.#listeners.on(event, (message) => (listener as DataCallback<unknown>)(message.data, message));
  }

  send(event: string, data: unknown = null, { to, user }: SendOptions = {}): Promise<void> {
    const destination = `${DESTINATION_PREFIX}${this.topic}`;
    if (this.#isOver()) {
      return Promise.reject(new SendError(destination, 'ended'));
    }
    const headers = { event, ...(to !== undefined && { to }), ...(user !== undefined && { 'to-user': user }) };
    return this.#context.send(destination, headers, data);
  }

  unsubscribe(): void {
    if (this.#end('ended')) {
      this.#context.leave(this);
      this.#settle.reject(new SubscriptionError(this.topic, { code: 'ended', detail: 'The page has ended it' }));
    }
  }

  [DISPOSE](): void {
    this.unsubscribe();
  }

  [Symbol.asyncIterator](): AsyncIterator<Message, undefined> {
    const buffer = (this.#buffer ??= new MessageBuffer());
    if (this.#isOver()) {
      buffer.end();
    }
    return {
      next: () => buffer.next(),
      return: () => {
        this.unsubscribe();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  live(): void {
    if (!this.#isOver()) {
      this.#settle.resolve();
      this.#setState('live');
    }
  }

  interrupted(): void {
    if (!this.#isOver()) {
      this.#setState('pending');
    }
  }

  receive(message: DataMessage): void {
    if (this.#isOver()) {
      return;
    }
    this.#hasReceived ||= !message.ephemeral;
    if (message.event !== undefined && this.#listeners.has(message.event)) {
      this.#listeners.emit(message.event, message);
      return;
    }
    this.#buffer?.add(message);
    if (this.#delivery !== undefined) {
      this.#delivery.add(message);
    } else {
      void attempt(() => this.message(message), this.#context.onError);
    }
  }

  /** Gets what was published before it, unless it has got something newer meanwhile. */
  replay(message: DataMessage): void {
    if (!this.#hasReceived) {
      this.receive(message);
    }
  }

  gap(gap: Refusal): void {
    if (this.#isOver()) {
      return;
    }
    this.#hasReceived = true;
    this.#buffer?.add(this.#gapMessage(gap));
    if (this.#delivery !== undefined) {
      this.#delivery.gap(gap);
    } else {
      void attempt(() => this.lost(gap), this.#context.onError);
    }
  }

  refused(kind: 'denied' | 'revoked', refusal: Refusal): void {
    const error = new SubscriptionError(this.topic, refusal);
    if (this.#end(kind, error)) {
      this.#settle.reject(error);
      this.#events.emit(kind, refusal);
    }
  }

  /** Calls the callback. */
  message(message: DataMessage): unknown {
    return this.#callback?.(message.data, message);
  }

  /** Calls who handles gaps, or else the callback. */
  lost(gap: Refusal): unknown {
    const handled = this.#events.has('gap');
    this.#events.emit('gap', gap);
    if (this.#onGap !== undefined) {
      return this.#onGap(gap);
    }
    return handled ? undefined : this.#callback?.(undefined, this.#gapMessage(gap));
  }

  #updatePresence(state: PresenceUpdate): void {
    if (this.mode !== 'join') {
      throw new TypeError(`Only a member of ${this.topic} can say something about itself: subscribe with presence: 'join'`);
    }
    this.#context.updatePresence(this, state);
  }

  #gapMessage(gap: Refusal): GapMessage {
    return { topic: this.topic, data: undefined, gap, replay: false, recovered: false };
  }

  #isOver(): boolean {
    return this.#state !== 'pending' && this.#state !== 'live';
  }

  #end(state: SubscriptionState, error?: Error): boolean {
    if (this.#isOver()) {
      return false;
    }
    this.#unlisten?.();
    this.#delivery?.end();
    this.#buffer?.end(error);
    this.#setState(state);
    return true;
  }

  #setState(state: SubscriptionState): void {
    if (this.#state !== state) {
      this.#state = state;
      this.#events.emit('state', state);
    }
  }
}
