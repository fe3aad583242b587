import type { ControlCode } from './codes.js';
import type { PresenceMode } from './presence.js';

/**
 * What the connection is doing:
 * - `idle`: nobody subscribes, so there is none;
 * - `connecting`: the first attempt;
 * - `connected`;
 * - `reconnecting`: it was lost, or the first attempt failed;
 * - `offline`: the same, and the browser says that there is no network;
 * - `closed`: by `close()`, or by a server that does not want this client back.
 */
export type ConnectionState = 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'offline' | 'closed';

/**
 * What a subscription is doing: `pending` until the server answers and while the connection is away, then `live`,
 * or `denied` (never became live), `revoked` (no longer live) or `ended` (by the page).
 */
export type SubscriptionState = 'pending' | 'live' | 'denied' | 'revoked' | 'ended';

/** A value that a filter compares with. `5` and `"5"` differ. */
export type FilterValue = string | number | boolean | null;

/** All keys have to match; of a list any one value. */
export type Filter = Readonly<Record<string, FilterValue | readonly FilterValue[]>>;

/** Why the server said something about a subscription. */
export interface Refusal {
  readonly code: ControlCode;
  /** A sentence for developers. */
  readonly detail: string;
}

/** Who sent a client event. */
export interface Sender {
  /** The name of the user. */
  readonly user: string;
  /** What others see of the connection: not its `connectionId`. */
  readonly connection: string;
}

/** A publication, or an event of a client. */
export interface DataMessage<T = unknown> {
  readonly topic: string;
  readonly data: T;
  /** Where the message stands in its channel, such as `k3f9-117`; nowhere if it is ephemeral. */
  readonly position: string | undefined;
  /** When it was published, in milliseconds since 1970. */
  readonly timestamp: number;
  /** What happened, if the publisher said so. */
  readonly event: string | undefined;
  /** The newest message from before the subscription. */
  readonly replay: boolean;
  /** Missed while the connection was away. */
  readonly recovered: boolean;
  /** Of a client, and never replayed or recovered. */
  readonly ephemeral: boolean;
  /** Which client sent it, as the server knows it; `undefined` if the application published it. */
  readonly from: Sender | undefined;
  readonly gap?: undefined;
  /** With `coalesce`, `spread` or `whenVisible`: all messages this call stands for, this one last. */
  readonly merged?: readonly DataMessage<T>[];
}

/** Messages were lost: fetch the data again. */
export interface GapMessage {
  readonly topic: string;
  readonly data: undefined;
  readonly gap: Refusal;
  readonly replay: false;
  readonly recovered: false;
}

/** What a callback without a handler of gaps gets. */
export type Message<T = unknown> = DataMessage<T> | GapMessage;

/** Gets publications only; for subscriptions with `onGap`. A promise is waited for where calls are merged. */
export type DataCallback<T> = (data: T, message: DataMessage<T>) => unknown;

/** Gets publications, and gaps with `data` undefined. A promise is waited for where calls are merged. */
export type Callback<T> = (data: T | undefined, message: Message<T>) => unknown;

/** Settings of one subscription. */
export interface SubscribeOptions {
  /** Whether the newest message from before comes first. What the topic says, unless given. */
  readonly replay?: 'last' | 'none' | undefined;
  /** Called instead of the callback when messages were lost. */
  readonly onGap?: ((gap: Refusal) => unknown) | undefined;
  /**
   * `join` to be a member of the channel, and see the others; `watch` to see them; `count` for their number only. Of equal
   * subscriptions of a page the first of these counts for all.
   */
  readonly presence?: PresenceMode | undefined;
  /** Ends the subscription. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The least time between two calls of the callback, in milliseconds. The first message is handled at once; those
   * that come meanwhile, or while the callback's promise is pending, are one call, with the newest message.
   */
  readonly coalesce?: number | undefined;
  /** Waits while the page is hidden; then what came meanwhile is one call. */
  readonly whenVisible?: boolean | undefined;
  /** Waits a random time up to this many milliseconds, so that not all clients fetch at once. */
  readonly spread?: number | undefined;
}

/** Settings of one subscription whose callback does not get gaps. */
export interface GapOptions extends SubscribeOptions {
  readonly onGap: (gap: Refusal) => unknown;
}

/** Why the connection is gone. */
export interface Disconnect {
  /** The WebSocket close code; 1006 if there was no close frame. */
  readonly code: number;
  readonly reason: string;
  /** Milliseconds until the next attempt, or `undefined` if there is none. */
  readonly retryIn: number | undefined;
}

/** The server refused a subscription, or it ended before it was live. */
export class SubscriptionError extends Error implements Refusal {
  override readonly name = 'SubscriptionError';
  readonly code: ControlCode;
  readonly detail: string;

  constructor(topic: string, refusal: Refusal) {
    super(`Subscription to ${topic}: ${refusal.detail} (${refusal.code})`);
    this.code = refusal.code;
    this.detail = refusal.detail;
  }
}

/** Thrown by a source of tokens: this user gets none, so connecting is of no use. */
export class UnauthorizedError extends Error {
  override readonly name = 'UnauthorizedError';
}
