import { backoff } from './backoff.js';
import type { Credentials } from './credentials.js';
import type { Environment, Timer } from './environment.js';
import { canonical, shortName } from './filter.js';
import { OwnPresence } from './own-presence.js';
import { CONTROL, DESTINATION_PREFIX, isWorthAnotherTry, type Member, position, refusal, SharedSubscription, type Subject } from './shared-subscription.js';
import { PageSubscription, type SubscriptionContext } from './subscription.js';
import type { SubscriptionToken } from './tokens.js';
import type { Connection, Headers } from './transport.js';
import { type Callback, type Filter, type SubscribeOptions, UnauthorizedError } from './types.js';

/** The least time before what was refused is tried again, in milliseconds. */
const RETRY = 1_000;

/** What the subscriptions of a page need of their owner. */
export interface SubscriptionsContext {
  readonly environment: Environment;
  readonly credentials: Credentials;
  readonly onError: (error: unknown) => void;
  /** The connection, if it is up. */
  readonly connection: () => Connection | undefined;
  readonly send: SubscriptionContext['send'];
  /** This user gets no tokens any more. */
  readonly refuse: (reason: string) => void;
  /** One is no more. */
  readonly ended: () => void;
}

/** All subscriptions of a page: those that are equal share one on the wire. They outlive the connection. */
export class Subscriptions {
  readonly #context: SubscriptionsContext;
  /** By id. */
  readonly #shared = new Map<string, SharedSubscription>();
  /** Whether topics replay to who does not say, as far as that was seen. */
  readonly #replays = new Map<string, boolean>();
  readonly #owners = new Map<Member, SharedSubscription>();
  readonly #pageContext: SubscriptionContext;
  #flushing = false;
  #retryTimer: Timer;
  #retryAt = 0;
  /** How often SUBSCRIBE was sent. */
  #sent = 0;
  /** Failures in a row of what would have been sent with `flush`. */
  #failures = 0;

  constructor(context: SubscriptionsContext) {
    this.#context = context;
    this.#pageContext = {
      environment: context.environment,
      onError: context.onError,
      send: context.send,
      leave: (member) => this.#leave(member),
      presence: (member) => this.#owners.get(member)?.presence,
      updatePresence: (member, state) => {
        const shared = this.#owners.get(member);
        shared?.updatePresence(state, () => this.#ownPresence(shared.subject.topic));
      },
    };
  }

  /** How many there are on the wire. */
  get size(): number {
    return this.#shared.size;
  }

  add(topic: string, filter: Filter | undefined, callback: Callback<unknown> | undefined, options: SubscribeOptions): PageSubscription {
    const subject: Subject = { topic, filter, filterText: canonical(filter), replay: options.replay };
    const subscription = new PageSubscription(subject, callback, options, this.#pageContext);
    if (options.signal?.aborted) {
      subscription.unsubscribe();
    } else {
      // Fails for the caller to see, rather than with each attempt.
      void this.#context.credentials.url;
      this.#join(subscription, subject);
      this.#scheduleFlush();
    }
    return subscription;
  }

  /** Ends them all. */
  close(): void {
    for (const member of [...this.#owners.keys()]) {
      (member as PageSubscription).unsubscribe();
    }
    this.#shared.forEach((shared) => shared.interrupt());
    this.#shared.clear();
    this.#clearRetry();
  }

  /** The connection is gone. */
  interrupt(): void {
    this.#clearRetry();
    this.#shared.forEach((shared) => {
      shared.isOnWire = false;
      shared.interrupt();
    });
  }

  /** Sends SUBSCRIBE for what is not on this connection yet. */
  flush(): void {
    const connection = this.#context.connection();
    const waiting = [...this.#shared.values()].filter((shared) => !shared.isSent && !shared.isHeldBack);
    if (connection === undefined || waiting.length === 0) {
      return;
    }
    const send = (shared: SharedSubscription, token?: SubscriptionToken): void => {
      // While tokens were fetched it may have ended, or another connection may be up.
      if (this.#shared.get(shared.id) !== shared || connection !== this.#context.connection()) {
        return;
      }
      if (token?.code !== undefined) {
        this.#onRefused(shared, 'denied', JSON.stringify(token));
      } else {
        if (shared.isOnWire) {
          connection.unsubscribe(shared.id);
        }
        shared.isOnWire = true;
        connection.subscribe(DESTINATION_PREFIX + shared.subject.topic, shared.headers(++this.#sent, token?.token));
      }
    };
    waiting.forEach((shared) => {
      shared.isSent = true;
    });
    const withToken = waiting.filter(({ subject }) => this.#context.credentials.hasSubscriptionTokens && !subject.topic.startsWith('@'));
    waiting.filter((shared) => !withToken.includes(shared)).forEach((shared) => send(shared));
    if (withToken.length === 0) {
      return;
    }
    const requests = withToken.map(({ subject: { topic, filter } }) => ({ topic, ...(filter && { filter }) }));
    this.#context.credentials.subscriptionTokens(requests).then(
      (tokens) => {
        this.#failures = 0;
        withToken.forEach((shared, i) => send(shared, tokens[i]));
      },
      (error: unknown) => {
        if (connection === this.#context.connection()) {
          withToken.forEach((shared) => {
            shared.isSent = false;
          });
          if (error instanceof UnauthorizedError) {
            this.#context.refuse(error.message);
            return;
          }
          this.#context.onError(error);
          this.#flushLater();
        }
      },
    );
  }

  onReceipt(headers: Headers): void {
    const receipt = headers['receipt-id'] ?? '';
    const shared = this.#shared.get(receipt.slice(0, receipt.indexOf('.')));
    if (shared?.receipt === receipt) {
      shared.onReceipt(headers);
      this.#adapt(shared);
    }
  }

  onMessage(headers: Headers, body: string): void {
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
      case 'position':
        this.#settle(shared);
        shared.onPosition(position(body));
        break;
      case 'presence':
        if (!shared.onPresence(body)) {
          // Not at once: a server that gets it wrong always would be asked without end.
          shared.isSent = false;
          shared.isHeldBack = true;
          this.#flushLater();
        }
        break;
      case 'denied':
        shared.isOnWire = false;
        this.#onRefused(shared, 'denied', body, Number(headers['retry-after'] ?? 0));
        break;
      case 'revoked':
        shared.isOnWire = false;
        this.#onRefused(shared, 'revoked', body);
        break;
      default:
      // Of a newer server.
    }
  }

  onHeartbeat(): void {
    this.#failures = 0;
    for (const shared of this.#shared.values()) {
      this.#settle(shared);
    }
  }

  /** All that comes first has come. */
  #settle(shared: SharedSubscription): void {
    if (shared.isLive && shared.settle() && shared.subject.replay === undefined) {
      this.#noteNoReplay(shared);
    }
  }

  /** Shares what is on the wire already, with what a new subscription would be replayed. */
  #join(member: PageSubscription, subject: Subject): void {
    const name = shortName(JSON.stringify([subject.topic, subject.filterText, subject.replay]));
    for (let id = name, n = 2; ; id = `${name}~${n++}`) {
      let shared = this.#shared.get(id);
      const replay = shared?.replayFor(this.#replays.get(subject.topic)) ?? 'nothing';
      if (replay === 'unknown' && member.wantsReplay) {
        continue;
      }
      if (shared === undefined) {
        shared = new SharedSubscription(id, subject);
        this.#shared.set(id, shared);
      }
      shared.members.add(member);
      this.#owners.set(member, shared);
      const joined = shared;
      // Not before the caller has the subscription.
      queueMicrotask(() => {
        if (joined.isLive) {
          member.live();
        }
        if (typeof replay === 'object') {
          member.replay(replay);
        }
      });
      this.#adapt(shared);
      return;
    }
  }

  /** Tells the server if the page wants something else to do with presence now. */
  #adapt(shared: SharedSubscription): void {
    if (shared.isOutdated) {
      shared.isSent = false;
      this.#scheduleFlush();
    }
  }

  #leave(member: Member): void {
    const shared = this.#owners.get(member);
    this.#owners.delete(member);
    shared?.members.delete(member);
    if (shared !== undefined && (shared.members.size === 0 || shared.isOutdated)) {
      // A component that renders anew leaves and comes back in no time.
      this.#context.environment.setTimeout(() => {
        if (shared.members.size === 0) {
          this.#remove(shared);
        } else {
          this.#adapt(shared);
        }
      }, 0);
    }
  }

  #remove(shared: SharedSubscription): void {
    if (this.#shared.get(shared.id) !== shared) {
      return;
    }
    this.#shared.delete(shared.id);
    if (shared.isOnWire) {
      this.#context.connection()?.unsubscribe(shared.id);
    }
    shared.own?.left();
    const { topic } = shared.subject;
    if (![...this.#shared.values()].some((other) => other.subject.topic === topic)) {
      this.#replays.delete(topic);
    }
    this.#context.ended();
  }

  #scheduleFlush(): void {
    if (!this.#flushing) {
      this.#flushing = true;
      // All subscriptions of a page that starts get their tokens with one request.
      queueMicrotask(() => {
        this.#flushing = false;
        this.flush();
      });
    }
  }

  /** Tries again what was refused, together with whatever is refused meanwhile; not before the server wants that. */
  #flushLater(retryAfter = 0): void {
    const { environment } = this.#context;
    const delay = Math.max(retryAfter, RETRY) + backoff(this.#failures, () => environment.random());
    if (this.#retryTimer === undefined) {
      this.#failures++;
    } else if (environment.now() + retryAfter <= this.#retryAt) {
      return;
    }
    environment.clearTimeout(this.#retryTimer);
    this.#retryAt = environment.now() + delay;
    this.#retryTimer = environment.setTimeout(() => {
      this.#retryTimer = undefined;
      this.#shared.forEach((shared) => {
        shared.isHeldBack = false;
      });
      this.flush();
    }, delay);
  }

  #clearRetry(): void {
    this.#context.environment.clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
  }

  #onRefused(shared: SharedSubscription, kind: 'denied' | 'revoked', body: string, retryAfter = 0): void {
    const reason = refusal(body);
    shared.isSent = false;
    const wantsToken = reason.code === 'token-required' && this.#context.credentials.hasSubscriptionTokens;
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

  #ownPresence(topic: string): OwnPresence {
    const send = (state: object): Promise<void> => this.#context.send(DESTINATION_PREFIX + topic, { event: '@presence' }, state);
    return new OwnPresence(this.#context.environment, send, this.#context.onError);
  }

  /** A subscription beside one that has messages got none: the topic does not replay to who does not say. */
  #noteNoReplay(shared: SharedSubscription): void {
    const { topic } = shared.subject;
    if (shared.id.includes('~') && !this.#replays.has(topic)) {
      this.#replays.set(topic, false);
    }
  }
}
