import { Client, type IFrame, type IStompSocket, type IStompSocketMessageEvent } from '@stomp/stompjs';
import { type Connection, type ConnectRequest, expiresIn, type Transport, type TransportListener } from './transport.js';

/** Makes a WebSocket; for runtimes without one of their own, or with headers of a handshake. */
export type WebSocketFactory = (url: string, protocols: string[]) => WebSocketLike;

/** What this client needs of a WebSocket: that of browsers, and that of the npm package `ws`. */
export interface WebSocketLike {
  binaryType: string;
  readonly url: string;
  readonly readyState: number;
  onopen: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  send(data: string): void;
  close(): void;
}

const PROTOCOLS = ['v12.stomp', 'v11.stomp', 'v10.stomp'];

/** The least we offer and want, in milliseconds: so the server's setting decides. STOMP takes the larger of both. */
const HEARTBEAT = 1_000;

/** How long to wait for the answer to DISCONNECT. */
const FAREWELL = 2_000;

const ABNORMAL = 1006;

const LF = '\n';

/** STOMP by stomp.js over WebSocket. */
export function stompTransport(factory: WebSocketFactory = (url, protocols) => new WebSocket(url, protocols)): Transport {
  return (request, listener) => new StompConnection(request, listener, factory);
}

class StompConnection implements Connection {
  readonly #client: Client | undefined;
  readonly #socket: Socket | undefined;
  #listener: TransportListener | undefined;
  #error = '';

  constructor(request: ConnectRequest, listener: TransportListener, factory: WebSocketFactory) {
    this.#listener = listener;
    let socket: Socket;
    try {
      socket = new Socket(factory(request.url, PROTOCOLS), (heartbeat) => {
        this.#listener?.activity();
        if (heartbeat) {
          this.#listener?.heartbeat();
        }
      });
    } catch (error) {
      // An invalid URL, or a page on https that may not use ws.
      queueMicrotask(() => this.#closed(ABNORMAL, String(error)));
      return;
    }
    this.#socket = socket;
    this.#client = new Client({
      webSocketFactory: () => socket,
      connectHeaders: { positions: 'true', ...request.headers },
      reconnectDelay: 0,
      heartbeatIncoming: HEARTBEAT,
      heartbeatOutgoing: HEARTBEAT,
      discardWebsocketOnCommFailure: true,
      onConnect: (frame) => this.#connected(frame, socket),
      onStompError: (frame) => {
        this.#error = frame.headers['message'] ?? '';
      },
      onWebSocketClose: (event: { code: number; reason: string }) => this.#closed(event.code, event.reason),
      onUnhandledMessage: (frame) => this.#listener?.message(frame.headers, frame.body),
      onUnhandledReceipt: (frame) => this.#listener?.receipt(frame.headers),
    });
    this.#client.activate();
  }

  #connected(frame: IFrame, socket: Socket): void {
    const [serverSends = 0, serverWants = 0] = (frame.headers['heart-beat'] ?? '').split(',').map(Number);
    socket.answerEvery = serverWants / 2;
    this.#listener?.connected({
      session: frame.headers['session'] ?? '',
      heartbeat: serverSends > 0 ? Math.max(serverSends, HEARTBEAT) : 0,
      expiresIn: expiresIn(frame.headers),
    });
  }

  #closed(code: number, reason: string): void {
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.closed(code, reason || this.#error);
  }

  subscribe(destination: string, headers: Record<string, string>): void {
    this.#client?.subscribe(destination, (frame) => this.#listener?.message(frame.headers, frame.body), headers);
  }

  unsubscribe(id: string): void {
    this.#client?.unsubscribe(id);
  }

  send(destination: string, headers: Record<string, string>, body: string): void {
    this.#client?.publish({ destination, headers: { 'content-type': 'application/json', ...headers }, body });
  }

  close(): void {
    this.#listener = undefined;
    // A dead connection never answers.
    const timer = setTimeout(() => this.#socket?.terminate(), FAREWELL);
    void this.#client?.deactivate().then(() => {
      clearTimeout(timer);
      this.#socket?.close();
    });
  }

  drop(): void {
    this.#listener = undefined;
    void this.#client?.deactivate({ force: true });
    // Where stomp.js had not taken it yet.
    this.#socket?.close();
  }
}

/**
 * Stands between stomp.js and the WebSocket. Browsers slow down the timers of hidden tabs to one in a minute, too few
 * for heart-beats every 10 s, but not what arrives: so each of the server's heart-beats is answered by ours.
 */
class Socket implements IStompSocket {
  onopen: IStompSocket['onopen'] = null;
  onclose: IStompSocket['onclose'] = null;
  onerror: IStompSocket['onerror'] = null;
  onmessage: IStompSocket['onmessage'] = null;

  /** The least time between our answers, in milliseconds; zero for none. */
  answerEvery = 0;

  #lastSent = 0;
  readonly #socket: WebSocketLike;

  constructor(socket: WebSocketLike, onReceived: (heartbeat: boolean) => void) {
    this.#socket = socket;
    socket.onopen = () => this.onopen?.();
    socket.onerror = (event) => this.onerror?.(event);
    socket.onclose = (event: { code: number; reason: string }) => this.onclose?.(event);
    socket.onmessage = (event: IStompSocketMessageEvent) => {
      this.onmessage?.(event);
      onReceived(event.data === LF);
      if (this.answerEvery > 0 && Date.now() - this.#lastSent >= this.answerEvery && this.readyState === 1) {
        this.send(LF);
      }
    };
  }

  get url(): string {
    return this.#socket.url;
  }

  get readyState(): number {
    return this.#socket.readyState;
  }

  get binaryType(): string {
    return this.#socket.binaryType;
  }

  set binaryType(type: string) {
    this.#socket.binaryType = type;
  }

  send(data: string | ArrayBuffer): void {
    this.#lastSent = Date.now();
    this.#socket.send(data as string);
  }

  close(): void {
    this.#socket.close();
  }

  /** Called by stomp.js for a connection that does not answer: the WebSocket's own end could take a minute. */
  terminate(): void {
    const closed = this.onclose;
    this.onopen = this.onclose = this.onerror = this.onmessage = null;
    this.#socket.close();
    closed?.call(this, { code: ABNORMAL, reason: 'no heart-beat' });
  }
}
