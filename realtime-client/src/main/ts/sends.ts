import { type ControlCode, meaning } from './codes.js';
import type { Connection, Headers } from './transport.js';
import type { Refusal } from './types.js';

/** The server refused what was sent, or it may not have got there. */
export class SendError extends Error implements Refusal {
  override readonly name = 'SendError';
  /** That of the server, or `not-connected`: nothing was sent, or `connection-lost`: nobody knows, or `ended`. */
  readonly code: ControlCode;
  /** A sentence for developers; what a topic's own check says, it says here. */
  readonly detail: string;
  /** What the topic's own check says besides, such as the version that an edit has to start from. */
  readonly data: unknown;
  /** With `rate-limited`: after how many milliseconds it may be sent again. */
  readonly retryAfter: number | undefined;

  constructor(destination: string, code: ControlCode, { detail = meaning(code), data, 'retry-after': retryAfter }: Headers = {}) {
    super(`Send to ${destination}: ${detail} (${code})`);
    this.code = code;
    this.detail = detail;
    this.data = data === undefined ? undefined : JSON.parse(data);
    this.retryAfter = retryAfter === undefined ? undefined : Number(retryAfter);
  }
}

interface Pending {
  readonly destination: string;
  readonly resolve: (receipt: Headers) => void;
  readonly reject: (error: SendError) => void;
}

/** What was sent and waits for its receipt. Nothing is kept for another connection. */
export class Sends {
  readonly #connection: () => Connection | undefined;
  readonly #pending = new Map<string, Pending>();
  #last = 0;

  constructor(connection: () => Connection | undefined) {
    this.#connection = connection;
  }

  /** Resolved with the receipt once the server has taken it; rejected with a `SendError`. */
  send(destination: string, headers: Record<string, string>, body?: unknown): Promise<Headers> {
    return new Promise((resolve, reject) => {
      const connection = this.#connection();
      if (connection === undefined) {
        reject(new SendError(destination, 'not-connected'));
        return;
      }
      const text = JSON.stringify(body) ?? 'null';
      // No subscription has such an id.
      const receipt = `!${++this.#last}`;
      this.#pending.set(receipt, { destination, resolve, reject });
      connection.send(destination, { ...headers, receipt }, text);
    });
  }

  onReceipt(headers: Headers): void {
    const id = headers['receipt-id'] ?? '';
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (headers['realtime-control'] === undefined) {
      pending?.resolve(headers);
    } else {
      pending?.reject(new SendError(pending.destination, headers['code'] ?? 'bad-request', headers));
    }
  }

  /** The connection is gone. */
  interrupt(): void {
    const lost = [...this.#pending.values()];
    this.#pending.clear();
    lost.forEach(({ destination, reject }) => reject(new SendError(destination, 'connection-lost')));
  }
}
