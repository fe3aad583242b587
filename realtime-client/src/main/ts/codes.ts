/** What the server says about a subscription: the same table as the Java enum `ControlCode`. */
export const CONTROL_CODES = {
  'unknown-topic': 'There is no such topic',
  forbidden: 'You may not do this',
  'token-required': 'A subscription token is needed here',
  'token-invalid': 'The token is not valid for this, fetch another',
  'access-revoked': 'You may not have this any more',
  'bad-filter': 'The filter is not valid',
  'bad-request': 'A header is missing or not valid',
  'duplicate-id': 'The connection has a subscription of this id',
  'too-many-subscriptions': 'The connection has as many subscriptions as it may',
  'invalid-event': 'The event is not valid',
  'rate-limited': 'Too much at once, try again later',
  unavailable: 'Not available now, try again later',
  'unknown-destination': 'Nothing is served at this destination',
  'wrong-endpoint': 'Topics are not served at this WebSocket endpoint',
  'invalid-request': 'The request is not valid',
  failed: 'The request failed',
  'history-lost': 'Messages were missed, fetch the data again',
} as const;

/** What the client itself says about what was sent. */
export const CLIENT_CODES = {
  'not-connected': 'There is no connection, and nothing was sent',
  'connection-lost': 'The connection was lost before the answer: the server may have done it or not',
  timeout: 'There was no answer in time: the server may have done it or not',
  ended: 'The subscription has ended',
} as const;

/** A code of the tables, or one that a newer server has and this client does not know. */
export type ControlCode = keyof typeof CONTROL_CODES | keyof typeof CLIENT_CODES | (string & {});

/** What a code means, where nothing more exact is known. */
export function meaning(code: ControlCode): string {
  const all: Readonly<Record<string, string>> = { ...CONTROL_CODES, ...CLIENT_CODES };
  return all[code] ?? code;
}

/** Codes that go away by themselves: the client tries again. */
const TEMPORARY: ReadonlySet<string> = new Set(['unavailable', 'rate-limited', 'token-invalid']);

export function isTemporary(code: ControlCode): boolean {
  return TEMPORARY.has(code);
}

/** Why the server ends a connection: the same table as the Java enum `CloseReason`. */
export const CLOSE_CODES = {
  1000: 'bye',
  4000: 'going away',
  4001: 'slow consumer',
  4002: 'no heart-beat',
  4003: 'no CONNECT in time',
  4004: 'internal error',
  4005: 'rate limited',
  4006: 'too many connections',
  4007: 'authentication expired',
  4008: 'access changed',
  4500: 'protocol error',
  4501: 'unauthorized',
  4502: 'too many refused frames',
  4503: 'session ended',
  4504: 'disconnected by the application',
} as const;

export const UNAUTHORIZED = 4501;

const FIRST_FINAL = 4500;

const LAST_FINAL = 4999;

/** Whether it is of no use to connect again after this WebSocket close code. */
export function isFinal(code: number): boolean {
  return code >= FIRST_FINAL && code <= LAST_FINAL;
}

/** When the server wants the client back, in milliseconds from now, if it says so. */
export function reconnectAfter(reason: string): number | undefined {
  const delay = /reconnect-after=(\d{1,9})/.exec(reason)?.[1];
  return delay === undefined ? undefined : Number(delay);
}
