import type { WebSocketLike } from '../../main/ts/stomp-transport.js';

/** A WebSocket whose other end is the test. */
export class FakeSocket implements WebSocketLike {
  binaryType = 'blob';
  readyState = 0;
  onopen: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  readonly sent: string[] = [];
  closed = 0;

  constructor(
    readonly url: string,
    readonly protocols: string[],
  ) {}

  send(data: string): void {
    this.sent.push(data);
  }

  close(): void {
    this.closed++;
    this.readyState = 2;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.({} as never);
  }

  receive(data: string): void {
    this.onmessage?.({ data } as never);
  }

  end(code: number, reason = ''): void {
    this.readyState = 3;
    this.onclose?.({ code, reason } as never);
  }
}
