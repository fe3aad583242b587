import { Emitter } from './emitter.js';
import { canonical } from './filter.js';
import type { RealtimeEvents } from './options.js';
import { CONTROL, position, refusal, SharedSubscription } from './shared-subscription.js';
import { PageSubscription, type Subscription, type SubscriptionContext } from './subscription.js';
import type { Connection, Headers } from './transport.js';
import type { Callback, Filter, Message } from './types.js';

/** What CONNECT may say about them: the rest get their newest message, but not all that they missed. */
const HEADER_LENGTH = 8_000;

interface Served {
  readonly shared: SharedSubscription;
  readonly page: PageSubscription;
}

/** What the owner does for the subscriptions. */
export interface ServerSubscriptionsContext extends Omit<SubscriptionContext, 'leave' | 'presence' | 'updatePresence'> {
  readonly connection: () => Connection | undefined;
  readonly events: Emitter<RealtimeEvents>;
}

/** Subscriptions that the server made for this connection, for its session or for its user. */
export class ServerSubscriptions {
  readonly #context: ServerSubscriptionsContext;
  /** By the id that the server chose, which begins with `@`. */
  readonly #served = new Map<string, Served>();
  readonly #listeners: Emitter<{ message: Message }>;

  constructor(context: ServerSubscriptionsContext) {
    this.#context = context;
    this.#listeners = new Emitter(context.onError);
  }

  get all(): readonly Subscription[] {
    return [...this.#served.values()].map(({ page }) => page);
  }

  /** Whether somebody listens to all their messages. */
  get isHeard(): boolean {
    return this.#listeners.has('message');
  }

  listen(callback: Callback<unknown>): () => void {
    return this.#listeners.on('message', (message) => callback(message.data, message));
  }

  /** What CONNECT says: where to go on. */
  headers(): Record<string, string> {
    const positions: Record<string, string> = {};
    let length = 0;
    for (const [id, { shared }] of this.#served) {
      length += id.length + (shared.since?.length ?? 0) + 8;
      if (shared.since !== undefined && length < HEADER_LENGTH) {
        positions[id] = shared.since;
      }
    }
    return Object.keys(positions).length === 0 ? {} : { 'server-subscriptions': JSON.stringify(positions) };
  }

  onMessage(headers: Headers, body: string): void {
    const id = headers['subscription'] ?? '';
    const served = this.#served.get(id);
    switch (headers[CONTROL]) {
      case undefined:
        served?.shared.onMessage(headers, body);
        break;
      case 'subscribed':
        if (served === undefined) {
          this.#add(id, headers, body);
        } else {
          served.shared.onReceipt(headers);
        }
        break;
      case 'gap':
        served?.shared.onGap(refusal(body));
        break;
      case 'position':
        served?.shared.onPosition(position(body));
        break;
      case 'unsubscribed':
        this.#end(id, (page) => page.unsubscribe());
        break;
      case 'revoked':
        this.#end(id, (page) => page.refused('revoked', refusal(body)));
        break;
      default:
      // Of a newer server.
    }
  }

  /** The connection is gone. */
  interrupt(): void {
    this.#served.forEach(({ shared }) => shared.interrupt());
  }

  /** What the server has not made again until now is no more. */
  onHeartbeat(): void {
    for (const [id, { shared }] of [...this.#served]) {
      if (shared.isLive) {
        shared.settle();
      } else {
        this.#end(id, (page) => page.unsubscribe());
      }
    }
  }

  close(): void {
    [...this.#served.keys()].forEach((id) => this.#end(id, (page) => page.unsubscribe()));
  }

  #add(id: string, headers: Headers, body: string): void {
    const { topic, filter } = JSON.parse(body) as { readonly topic: string; readonly filter?: Filter | null };
    const subject = { topic, filter: filter ?? undefined, filterText: canonical(filter ?? undefined), replay: undefined };
    const shared = new SharedSubscription(id, subject);
    const callback: Callback<unknown> = (_, message) => this.#listeners.emit('message', message);
    const page = new PageSubscription(subject, callback, {}, {
      ...this.#context,
      leave: () => this.#left(id),
      presence: () => undefined,
      updatePresence: () => {},
    });
    shared.members.add(page);
    this.#served.set(id, { shared, page });
    shared.onReceipt(headers);
    this.#context.events.emit('subscribed', page);
  }

  /** The page wants nothing more of it. */
  #left(id: string): void {
    if (this.#served.has(id)) {
      this.#context.connection()?.unsubscribe(id);
      this.#end(id, () => {});
    }
  }

  #end(id: string, how: (page: PageSubscription) => void): void {
    const served = this.#served.get(id);
    if (served !== undefined) {
      this.#served.delete(id);
      how(served.page);
      this.#context.events.emit('unsubscribed', served.page);
    }
  }
}
