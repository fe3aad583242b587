import type { Environment } from './environment.js';
import type { WebSocketFactory } from './stomp-transport.js';
import type { Subscription } from './subscription.js';
import type { SubscriptionToken, TokenRequest } from './tokens.js';
import type { Transport } from './transport.js';
import type { ConnectionState, Disconnect } from './types.js';

/** Settings of a connection. */
export interface RealtimeOptions {
  /** The endpoint; `http` and `ws` mean the same. `/realtime` of the page's origin, unless given. */
  readonly url?: string | URL | undefined;
  /** Asked for a token before each attempt to connect. An `UnauthorizedError` ends the attempts. */
  readonly token?: (() => string | Promise<string>) | undefined;
  /**
   * Asks the starter for a connection token before each attempt, and for tokens for subscriptions, for the dedicated port
   * and relays: `true` for the endpoints at `{url}/tokens`, or where they are. The answer says where to connect.
   */
  readonly tokens?: boolean | string | URL | undefined;
  /**
   * Brings a token with each subscription: `true` for those of the starter, as with `tokens`, or a function that answers
   * for all in the order asked.
   */
  readonly subscriptionTokens?: boolean | ((requests: readonly TokenRequest[]) => Promise<readonly SubscriptionToken[]>) | undefined;
  /** More headers of CONNECT. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** How long the connection outlives the last subscription, in milliseconds: 30,000. */
  readonly idleTimeout?: number | undefined;
  /** The time for one attempt to connect, in milliseconds: 15,000. */
  readonly connectTimeout?: number | undefined;
  /** What becomes of errors that callbacks throw. The browser reports them as uncaught, unless given. */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** For runtimes without a WebSocket of their own. */
  readonly webSocket?: WebSocketFactory | undefined;
  /** For requests for tokens, and `realtime.fetch`. */
  readonly fetch?: typeof fetch | undefined;
}

/** For tests. */
export interface Internals {
  readonly environment?: Environment;
  readonly transport?: Transport;
}

/** What happens to a connection. */
export interface RealtimeEvents {
  state: ConnectionState;
  /** It is lost, or an attempt failed. */
  disconnect: Disconnect;
  /** The server made a subscription. */
  subscribed: Subscription;
  /** A subscription that the server made is no more. */
  unsubscribed: Subscription;
}
