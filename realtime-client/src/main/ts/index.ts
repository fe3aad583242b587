/**
 * The browser client of Realtime for Spring Boot.
 *
 * @packageDocumentation
 */
export { connect, Realtime } from './client.js';
export { CLOSE_CODES, CONTROL_CODES, type ControlCode } from './codes.js';
export type { RealtimeEvents, RealtimeOptions } from './options.js';
export { defineStatusElement } from './status-element.js';
export type { WebSocketFactory, WebSocketLike } from './stomp-transport.js';
export type { Subscription, SubscriptionEvents } from './subscription.js';
export type { ConnectionToken, SubscriptionToken, TokenRequest } from './tokens.js';
export {
  type Callback,
  type ConnectionState,
  type DataCallback,
  type DataMessage,
  type Disconnect,
  type Filter,
  type FilterValue,
  type GapMessage,
  type GapOptions,
  type Message,
  type Refusal,
  type SubscribeOptions,
  SubscriptionError,
  type SubscriptionState,
  UnauthorizedError,
} from './types.js';
