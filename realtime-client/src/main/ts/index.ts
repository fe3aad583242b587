/**
 * The browser client of Realtime for Spring Boot.
 *
 * @packageDocumentation
 */
export { CallError, type CallOptions, type FieldError } from './calls.js';
export { connect, Realtime } from './client.js';
export { CLIENT_CODES, CLOSE_CODES, CONTROL_CODES, type ControlCode } from './codes.js';
export type { RealtimeEvents, RealtimeOptions } from './options.js';
export type { ChannelPresence, PresenceMember, PresenceMode, PresenceStatus, PresenceUpdate } from './presence.js';
export { type AxiosRequest, axiosInterceptor, CONNECTION_HEADER } from './requests.js';
export { SendError } from './sends.js';
export { defineStatusElement } from './status-element.js';
export type { WebSocketFactory, WebSocketLike } from './stomp-transport.js';
export type { SendOptions, Subscription, SubscriptionEvents } from './subscription.js';
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
  type Sender,
  type SubscribeOptions,
  SubscriptionError,
  type SubscriptionState,
  UnauthorizedError,
} from './types.js';
