import { Delivery, type DeliveryTarget } from './delivery.js';
import { DISPOSE } from './dispose.js';
import { attempt, Emitter } from './emitter.js';
import type { Environment } from './environment.js';
import { MessageBuffer } from './message-buffer.js';
import type { Member, Subject } from './shared-subscription.js';
import {
  type Callback,
  type DataCallback,
  type DataMessage,
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

/** A subscription of the page. */
export interface Subscription<T = unknown> extends AsyncIterable<Message<T>> {
  readonly topic: string;
  readonly state: SubscriptionState;
  /**
   * Resolved once nothing published later can be missed; rejected with a `SubscriptionError` if that will never be.
   * Nobody has to look at it.
   */
  readonly ready: Promise<void>;
  /** Listens until the returned function is called. */
  on<E extends keyof SubscriptionEvents>(event: E, listener: (value: SubscriptionEvents[E]) => unknown): () => void;
  unsubscribe(): void;
  [Symbol.dispose](): void;
}

export interface SubscriptionContext {
  readonly environment: Environment;
  readonly onError: (error: unknown) => void;
  readonly leave: (subscription: PageSubscription) => void;
}

/** One of several equal subscriptions of the page. */
export class PageSubscription implements Subscription, Member, DeliveryTarget {
  readonly subject: Subject;
  readonly ready: Promise<void>;

  readonly #context: SubscriptionContext;
  readonly #events: Emitter<SubscriptionEvents>;
  readonly #callback: Callback<unknown> | undefined;
  readonly #onGap: ((gap: Refusal) => unknown) | undefined;
  readonly #delivery: Delivery | undefined;
  /** From the start if there is no callback, so that no message is missed before the loop begins. */
  #buffer: MessageBuffer | undefined;
  #state: SubscriptionState = 'pending';
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
    this.ready = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.ready.catch(() => {});
    const { coalesce = 0, whenVisible = false, spread = 0, signal } = options;
    if (coalesce > 0 || whenVisible || spread > 0) {
      this.#delivery = new Delivery({ coalesce, whenVisible, spread }, this, context.environment, context.onError);
    }
    if (callback === undefined) {
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

  get state(): SubscriptionState {
    return this.#state;
  }

  on<E extends keyof SubscriptionEvents>(event: E, listener: (value: SubscriptionEvents[E]) => unknown): () => void {
    return this.#events.on(event, listener);
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
    this.#buffer?.add(message);
    if (this.#delivery !== undefined) {
      this.#delivery.add(message);
    } else {
      void attempt(() => this.message(message), this.#context.onError);
    }
  }

  gap(gap: Refusal): void {
    if (this.#isOver()) {
      return;
    }
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
