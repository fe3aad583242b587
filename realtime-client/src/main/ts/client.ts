import { backoff } from './backoff.js';
import { Credentials } from './credentials.js';
import { DISPOSE } from './dispose.js';
import { Emitter } from './emitter.js';
import { browser, type Environment, report, type Timer } from './environment.js';
import { canonical, shortName } from './filter.js';
import { Link } from './link.js';
import type { Internals, RealtimeEvents, RealtimeOptions } from './options.js';
import { isWorthAnotherTry, type Member, refusal, SharedSubscription, type Subject } from './shared-subscription.js';
import { stompTransport } from './stomp-transport.js';
import { PageSubscription, type Subscription } from './subscription.js';
import type { SubscriptionToken } from './tokens.js';
import type { Headers } from './transport.js';
import {
  type Callback,
  type ConnectionState,
  type DataCallback,
  type Filter,
  type GapOptions,
  type SubscribeOptions,
  UnauthorizedError,
} from './types.js';

const DESTINATION_PREFIX = '/realtime/';

const CONTROL = 'realtime-control';

/** The least time before what was refused is tried again, in milliseconds. */
const RETRY = 1_000;

/** A connection that restores itself and its subscriptions. */
export class Realtime {
  readonly #idleTimeout: number;
  readonly #credentials: Credentials;
  readonly #environment: Environment;
  readonly #onError: (error: unknown) => void;
  readonly #events: Emitter<RealtimeEvents>;
  readonly #link: Link;
  /** By id. */
  readonly #shared = new Map<string, SharedSubscription>();
  /** Whether topics replay to who does not say, as far as that was seen. */
  readonly #replays = new Map<string, boolean>();
  readonly #owners = new Map<Member, SharedSubscription>();
  #flushing = false;
  #retryTimer: Timer;
  /** Failures in a row of what would have been sent with `#flush`. */
  #failures = 0;
  #idleTimer: Timer;

  constructor(options: RealtimeOptions = {}, internals: Internals = {}) {
    this.#idleTimeout = options.idleTimeout ?? 30_000;
    this.#credentials = new Credentials(options);
    this.#environment = internals.environment ?? browser;
    this.#onError = options.onError ?? report;
    this.#events = new Emitter(this.#onError);
    this.#link = new Link(
      {
        transport: internals.transport ?? stompTransport(options.webSocket),
        environment: this.#environment,
        request: () => this.#credentials.connectRequest(),
        hasToken: this.#credentials.hasToken,
        timeout: options.connectTimeout ?? 15_000,
      },
      {
        stateChanged: (state) => this.#stateChanged(state),
        connected: () => this.#flush(),
        disconnected: (disconnect) => this.#events.emit('disconnect', disconnect),
        message: (headers, body) => this.#onMessage(headers, body),
        receipt: (headers) => this.#shared.get(headers['receipt-id'] ?? '')?.onReceipt(headers),
        heartbeat: () => this.#onHeartbeat(),
      },
    );
  }

  get state(): ConnectionState {
    return this.#link.state;
  }

  /** What the server calls this connection while it is up, for `except(connectionId)` of a publisher. */
  get connectionId(): string | undefined {
    return this.#link.session;
  }

  /** How many subscriptions there are on the wire. */
  get subscriptionCount(): number {
    return this.#shared.size;
  }

  /** Listens until the returned function is called. */
  on<E extends keyof RealtimeEvents>(event: E, listener: (value: RealtimeEvents[E]) => unknown): () => void {
    return this.#events.on(event, listener);
  }

  /**
   * Subscribes to a topic, and connects if need be. With `onGap` the callback gets publications only, otherwise gaps as
   * well. Without a callback it is a `for await` loop.
   */
  subscribe<T = unknown>(topic: string, callback: DataCallback<T>, options: GapOptions): Subscription<T>;
  subscribe<T = unknown>(topic: string, filter: Filter | null | undefined, callback: DataCallback<T>, options: GapOptions): Subscription<T>;
  subscribe<T = unknown>(topic: string, callback: Callback<T>, options?: SubscribeOptions): Subscription<T>;
  subscribe<T = unknown>(topic: string, filter: Filter | null | undefined, callback: Callback<T>, options?: SubscribeOptions): Subscription<T>;
  subscribe<T = unknown>(topic: string, filter?: Filter | null, options?: SubscribeOptions): Subscription<T>;
  subscribe<T>(topic: string, ...rest: unknown[]): Subscription<T> {
    const filter = typeof rest[0] === 'function' ? undefined : (rest.shift() as Filter | null | undefined);
    const callback = typeof rest[0] === 'function' ? (rest.shift() as Callback<unknown>) : undefined;
    return this.#subscribe(topic, filter ?? undefined, callback, (rest[0] ?? {}) as SubscribeOptions) as Subscription<T>;
  }

  /** Does not wait for the next attempt, and connects again after the server did not want to. */
  reconnect(): void {
    if (this.#shared.size > 0) {
      this.#link.start({ evenIfRefused: true });
      this.#link.retryNow();
    }
  }

  /** Ends all subscriptions and the connection. */
  close(): void {
    for (const member of [...this.#owners.keys()]) {
      (member as PageSubscription).unsubscribe();
    }
    this.#shared.clear();
    this.#environment.clearTimeout(this.#idleTimer);
    this.#environment.clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    this.#link.stop('closed');
  }

  [DISPOSE](): void {
    this.close();
  }

  #subscribe(topic: string, filter: Filter | undefined, callback: Callback<unknown> | undefined, options: SubscribeOptions): PageSubscription {
    const subject: Subject = { topic, filter, filterText: canonical(filter), replay: options.replay };
    const subscription = new PageSubscription(subject, callback, options, {
      environment: this.#environment,
      onError: this.#onError,
      leave: (member) => this.#leave(member),
    });
    if (options.signal?.aborted) {
      subscription.unsubscribe();
      return subscription;
    }
    // Fails for the caller to see, rather than with each attempt.
    void this.#credentials.url;
    this.#join(subscription, subject);
    this.#environment.clearTimeout(this.#idleTimer);
    this.#link.start();
    this.#scheduleFlush();
    return subscription;
  }

  /** Shares what is on the wire already, with what a new subscription would be replayed. */
  #join(member: PageSubscription, subject: Subject): void {
    const name = shortName(JSON.stringify([subject.topic, subject.filterText, subject.replay]));
    for (let id = name, n = 2; ; id = `${name}~${n++}`) {
      let shared = this.#shared.get(id);
      const replay = shared?.replayFor(this.#replays.get(subject.topic)) ?? 'nothing';
      if (replay === 'unknown') {
        continue;
      }
      if (shared === undefined) {
        shared = new SharedSubscription(id, subject);
        this.#shared.set(id, shared);
      }
      shared.members.add(member);
      this.#owners.set(member, shared);
      const { isLive } = shared;
      // Not before the caller has the subscription.
      queueMicrotask(() => {
        if (isLive) {
          member.live();
        }
        if (replay !== 'nothing') {
          member.receive(replay);
        }
      });
      return;
    }
  }

  #leave(member: Member): void {
    const shared = this.#owners.get(member);
    this.#owners.delete(member);
    shared?.members.delete(member);
    if (shared?.members.size === 0) {
      // A component that renders anew leaves and comes back in no time.
      this.#environment.setTimeout(() => {
        if (shared.members.size === 0) {
          this.#remove(shared);
        }
      }, 0);
    }
  }

  #remove(shared: SharedSubscription): void {
    if (this.#shared.get(shared.id) !== shared) {
      return;
    }
    this.#shared.delete(shared.id);
    if (shared.isSent) {
      this.#link.connection?.unsubscribe(shared.id);
    }
    const { topic } = shared.subject;
    if (![...this.#shared.values()].some((other) => other.subject.topic === topic)) {
      this.#replays.delete(topic);
    }
    if (this.#shared.size === 0) {
      this.#environment.clearTimeout(this.#idleTimer);
      this.#idleTimer = this.#environment.setTimeout(() => this.#link.stop('idle'), this.#idleTimeout);
    }
  }

  #stateChanged(state: ConnectionState): void {
    if (state !== 'connected') {
      this.#shared.forEach((shared) => shared.interrupt());
    }
    this.#events.emit('state', state);
  }

  #scheduleFlush(): void {
    if (!this.#flushing) {
      this.#flushing = true;
      // All subscriptions of a page that starts get their tokens with one request.
      queueMicrotask(() => {
        this.#flushing = false;
        this.#flush();
      });
    }
  }

  /** Sends SUBSCRIBE for what is not on this connection yet. */
  #flush(): void {
    const connection = this.#link.connection;
    const waiting = [...this.#shared.values()].filter((shared) => !shared.isSent && !shared.isHeldBack);
    if (connection === undefined || waiting.length === 0) {
      return;
    }
    const send = (shared: SharedSubscription, token?: SubscriptionToken): void => {
      // While tokens were fetched it may have ended, or another connection may be up.
      if (this.#shared.get(shared.id) !== shared || connection !== this.#link.connection) {
        return;
      }
      if (token?.code !== undefined) {
        this.#onRefused(shared, 'denied', JSON.stringify(token));
      } else {
        connection.subscribe(DESTINATION_PREFIX + shared.subject.topic, shared.headers(token?.token));
      }
    };
    waiting.forEach((shared) => {
      shared.isSent = true;
    });
    if (!this.#credentials.hasSubscriptionTokens) {
      waiting.forEach((shared) => send(shared));
      return;
    }
    const requests = waiting.map(({ subject: { topic, filter } }) => ({ topic, ...(filter && { filter }) }));
    this.#credentials.subscriptionTokens(requests).then(
      (tokens) => {
        this.#failures = 0;
        waiting.forEach((shared, i) => send(shared, tokens[i]));
      },
      (error: unknown) => {
        if (connection === this.#link.connection) {
          waiting.forEach((shared) => {
            shared.isSent = false;
          });
          if (error instanceof UnauthorizedError) {
            this.#link.refuse(error.message);
            return;
          }
          this.#onError(error);
          this.#flushLater();
        }
      },
    );
  }

  /** Tries again what was refused, together with whatever is refused meanwhile; not before the server wants that. */
  #flushLater(retryAfter = 0): void {
    this.#retryTimer ??= this.#environment.setTimeout(
      () => {
        this.#retryTimer = undefined;
        this.#shared.forEach((shared) => {
          shared.isHeldBack = false;
        });
        this.#flush();
      },
      Math.max(retryAfter, RETRY) + backoff(this.#failures++, () => this.#environment.random()),
    );
  }

  #onMessage(headers: Headers, body: string): void {
    const shared = this.#shared.get(headers['subscription'] ?? '');
    if (shared === undefined) {
      return;
    }
    switch (headers[CONTROL]) {
      case undefined:
        if (shared.onMessage(headers, body)?.replay && shared.subject.replay === undefined) {
          this.#replays.set(shared.subject.topic, true);
        }
        break;
      case 'gap':
        shared.onGap(refusal(body));
        break;
      case 'denied':
        this.#onRefused(shared, 'denied', body, Number(headers['retry-after'] ?? 0));
        break;
      case 'revoked':
        this.#onRefused(shared, 'revoked', body);
        break;
      default:
      // Of a newer server.
    }
  }

  #onRefused(shared: SharedSubscription, kind: 'denied' | 'revoked', body: string, retryAfter = 0): void {
    const reason = refusal(body);
    shared.isSent = false;
    const wantsToken = reason.code === 'token-required' && this.#credentials.hasSubscriptionTokens;
    if (wantsToken || (kind === 'denied' && isWorthAnotherTry(reason))) {
      shared.interrupt();
      shared.isHeldBack = true;
      this.#flushLater(retryAfter);
      return;
    }
    this.#remove(shared);
    shared.members.forEach((member) => this.#owners.delete(member));
    shared.onRefused(kind, reason);
    shared.members.clear();
  }

  #onHeartbeat(): void {
    this.#failures = 0;
    for (const shared of this.#shared.values()) {
      if (shared.isLive && shared.settle() && shared.subject.replay === undefined) {
        this.#noteNoReplay(shared);
      }
    }
  }

  /** A subscription beside one that has messages got none: the topic does not replay to who does not say. */
  #noteNoReplay(shared: SharedSubscription): void {
    const { topic } = shared.subject;
    if (shared.id.includes('~') && !this.#replays.has(topic)) {
      this.#replays.set(topic, false);
    }
  }
}

/** A connection, which is made with the first subscription. */
export function connect(options?: RealtimeOptions): Realtime {
  return new Realtime(options);
}
