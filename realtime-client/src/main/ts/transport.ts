/** Where to connect, and what to say in CONNECT. */
export interface ConnectRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the server said in CONNECTED. */
export interface Connected {
  /** What the server calls this connection. */
  readonly session: string;
  /** How often the server sends at least something, in milliseconds; zero for never. */
  readonly heartbeat: number;
  /** How long the authentication lasts, in milliseconds; infinitely long where it does not expire. */
  readonly expiresIn: number;
}

/** How long an authentication lasts, as CONNECTED and RECEIPT say it. */
export function expiresIn(headers: Headers): number {
  return Number(headers['expires-in'] ?? Number.POSITIVE_INFINITY);
}

export type Headers = Readonly<Record<string, string | undefined>>;

/** What a connection tells. Nothing after `closed`. */
export interface TransportListener {
  connected(connected: Connected): void;
  message(headers: Headers, body: string): void;
  receipt(headers: Headers): void;
  /** Nothing but a heart-beat arrived: everything sent before it is here. */
  heartbeat(): void;
  /** Anything arrived. */
  activity(): void;
  closed(code: number, reason: string): void;
}

/** One attempt to connect, and the connection if it works. */
export interface Connection {
  subscribe(destination: string, headers: Record<string, string>): void;
  unsubscribe(id: string): void;
  send(destination: string, headers: Record<string, string>, body: string): void;
  /** Says goodbye and closes. The listener hears nothing any more. */
  close(): void;
  /** Forgets a connection that may be dead, or must be gone at once. The listener hears nothing any more. */
  drop(): void;
}

/** Opens connections. Never throws: what goes wrong is told as `closed`. */
export type Transport = (request: ConnectRequest, listener: TransportListener) => Connection;
