import { type ControlCode, meaning } from './codes.js';
import type { Environment, Timer } from './environment.js';
import type { Connection, Headers } from './transport.js';

export const REPLIES = 'replies';

const REPLIES_DESTINATION = '/realtime/@replies';

const DEFAULT_TIMEOUT = 10_000;

/** Settings of one call. */
export interface CallOptions {
  /** How long to wait for the connection and the reply, in milliseconds: 10,000. */
  readonly timeout?: number | undefined;
  /** Does not wait any longer; the promise is rejected with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

/** What is wrong with one field of what was sent. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** The server refused a call, or there was no reply. */
export class CallError extends Error {
  override readonly name = 'CallError';
  /**
   * That of the server, such as `invalid-request`, `forbidden`, `unknown-destination` or `failed`; or `timeout`,
   * `connection-lost`, or `not-connected` if there will be no connection.
   */
  readonly code: ControlCode;
  readonly detail: string;
  /** With `invalid-request`: by field. */
  readonly errors: readonly FieldError[];
  /** With `rate-limited`: after how many milliseconds to try again. */
  readonly retryAfter: number | undefined;
  /** What the server answered, such as what an exception handler of the application returned. */
  readonly body: unknown;

  constructor(destination: string, code: ControlCode, body: unknown = {}, retryAfter?: string) {
    const { detail, errors } = (body ?? {}) as { detail?: unknown; errors?: readonly FieldError[] };
    const text = typeof detail === 'string' ? detail : meaning(code);
    super(`Call of ${destination}: ${text} (${code})`);
    this.code = code;
    this.detail = text;
    this.errors = Array.isArray(errors) ? errors : [];
    this.body = body;
    this.retryAfter = retryAfter === undefined ? undefined : Number(retryAfter);
  }
}

interface Call {
  readonly destination: string;
  readonly body: string | undefined;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (reason: unknown) => void;
  isSent: boolean;
}

/** Requests over the connection, each sent once at most. */
export class Calls {
  readonly #environment: Environment;
  readonly #connection: () => Connection | undefined;
  /** By correlation id. */
  readonly #calls = new Map<string, Call>();
  readonly #ended: () => void;
  #last = 0;
  /** Which connection has the subscription for replies. */
  #subscribed: Connection | undefined;

  constructor(environment: Environment, connection: () => Connection | undefined, ended: () => void) {
    this.#environment = environment;
    this.#connection = connection;
    this.#ended = ended;
  }

  /** Whether somebody waits for a reply. */
  get isBusy(): boolean {
    return this.#calls.size > 0;
  }

  call(destination: string, body: unknown, { timeout = DEFAULT_TIMEOUT, signal }: CallOptions): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = String(++this.#last);
      let timer: Timer;
      const abort = (): void => call.reject(signal?.reason);
      const end = (settle: () => void): void => {
        this.#calls.delete(id);
        this.#environment.clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        settle();
        this.#ended();
      };
      const call: Call = {
        destination,
        body: JSON.stringify(body),
        isSent: false,
        resolve: (reply) => end(() => resolve(reply)),
        reject: (reason) => end(() => reject(reason as Error)),
      };
      this.#calls.set(id, call);
      timer = this.#environment.setTimeout(() => call.reject(new CallError(destination, 'timeout')), timeout);
      signal?.addEventListener('abort', abort);
      if (signal?.aborted) {
        abort();
      }
      this.#send(id, call);
    });
  }

  /** There is a connection. */
  connected(): void {
    this.#calls.forEach((call, id) => this.#send(id, call));
  }

  /** The connection is gone: what was sent is not sent again. */
  interrupt(isForEver: boolean): void {
    for (const call of [...this.#calls.values()]) {
      if (call.isSent || isForEver) {
        call.reject(new CallError(call.destination, call.isSent ? 'connection-lost' : 'not-connected'));
      }
    }
  }

  onMessage(headers: Headers, text: string): void {
    const body = (text === '' ? null : JSON.parse(text)) as { readonly code?: unknown } | null;
    const code = typeof body?.code === 'string' ? body.code : 'failed';
    const call = this.#calls.get(headers['correlation-id'] ?? '');
    switch (headers['realtime-control']) {
      case undefined:
        call?.resolve(body);
        break;
      case 'error':
        call?.reject(new CallError(call.destination, code, body, headers['retry-after']));
        break;
      case 'denied':
        // There will be no replies.
        this.#subscribed = undefined;
        [...this.#calls.values()].filter(({ isSent }) => isSent).forEach((sent) => sent.reject(new CallError(sent.destination, code, body)));
        break;
      default:
      // Of a newer server.
    }
  }

  #send(id: string, call: Call): void {
    const connection = this.#connection();
    if (connection === undefined || call.isSent || !this.#calls.has(id)) {
      return;
    }
    if (this.#subscribed !== connection) {
      this.#subscribed = connection;
      connection.subscribe(REPLIES_DESTINATION, { id: REPLIES });
    }
    call.isSent = true;
    connection.send(call.destination, { 'reply-to': REPLIES, 'correlation-id': id }, call.body ?? '');
  }
}
