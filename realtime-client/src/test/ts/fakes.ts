import type { Environment, PageEvent, Timer } from '../../main/ts/environment.js';
import { Realtime } from '../../main/ts/client.js';
import type { RealtimeOptions } from '../../main/ts/options.js';
import type { Connection, ConnectRequest, Headers, Transport, TransportListener } from '../../main/ts/transport.js';

/** Lets everything happen that waits for promises only. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await Promise.resolve();
  }
}

/** Time that passes on demand, and a page that does what it is told. */
export class FakeEnvironment implements Environment {
  #now = 1_000_000;
  #timers: { at: number; order: number; callback: () => void }[] = [];
  #order = 0;
  readonly listeners = new Set<(event: PageEvent) => void>();
  online = true;
  visible = true;
  /** What `random` answers: the longest delays, unless changed. */
  chance = 0.999_999;

  /** Somebody sets the clock, and no time passes. */
  setClock(milliseconds: number): void {
    const by = milliseconds - this.#now;
    this.#now += by;
    this.#timers = this.#timers.map((timer) => Object.assign(timer, { at: timer.at + by }));
  }

  now(): number {
    return this.#now;
  }

  random(): number {
    return this.chance;
  }

  setTimeout(callback: () => void, milliseconds: number): Timer {
    const timer = { at: this.#now + milliseconds, order: this.#order++, callback };
    this.#timers.push(timer);
    return timer;
  }

  clearTimeout(timer: Timer): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
  }

  get timers(): number {
    return this.#timers.length;
  }

  isOnline(): boolean {
    return this.online;
  }

  isVisible(): boolean {
    return this.visible;
  }

  listen(listener: (event: PageEvent) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  async tell(event: PageEvent): Promise<void> {
    this.listeners.forEach((listener) => listener(event));
    await settle();
  }

  /** Lets time pass, with its timers in order. */
  async pass(milliseconds: number): Promise<void> {
    await settle();
    const end = this.#now + milliseconds;
    for (;;) {
      const next = this.#timers.sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (next === undefined || next.at > end) {
        break;
      }
      this.#now = Math.max(this.#now, next.at);
      this.clearTimeout(next);
      next.callback();
      await settle();
    }
    this.#now = end;
  }

  /** The machine sleeps: time passes and no timer runs; then all that are due do. */
  async sleep(milliseconds: number): Promise<void> {
    this.#now += milliseconds;
    await this.pass(0);
  }
}

/** One connection, seen from the server. */
export class FakeConnection implements Connection {
  readonly request: ConnectRequest;
  readonly listener: TransportListener;
  readonly subscribed: { destination: string; headers: Record<string, string> }[] = [];
  readonly unsubscribed: string[] = [];
  readonly sent: { destination: string; headers: Record<string, string>; body: string }[] = [];
  end: 'closed' | 'dropped' | undefined;

  constructor(request: ConnectRequest, listener: TransportListener) {
    this.request = request;
    this.listener = listener;
  }

  subscribe(destination: string, headers: Record<string, string>): void {
    this.subscribed.push({ destination, headers });
  }

  unsubscribe(id: string): void {
    this.unsubscribed.push(id);
  }

  send(destination: string, headers: Record<string, string>, body: string): void {
    this.sent.push({ destination, headers, body });
  }

  close(): void {
    this.end = 'closed';
  }

  drop(): void {
    this.end = 'dropped';
  }

  accept(heartbeat = 10_000, expiresIn = Number.POSITIVE_INFINITY): void {
    this.listener.connected({ session: `session-${this.request.url}`, heartbeat, expiresIn });
  }

  beat(): void {
    this.listener.activity();
    this.listener.heartbeat();
  }

  headersOf(topic: string): Record<string, string> {
    const found = this.subscribed.filter(({ destination }) => destination === `/realtime/${topic}`).at(-1);
    if (found === undefined) {
      throw new Error(`no SUBSCRIBE to ${topic}`);
    }
    return found.headers;
  }

  /** RECEIPT: the subscription is live. */
  live(topic: string, position = 'e-0', headers: Headers = {}): void {
    this.listener.activity();
    const { receipt, since } = this.headersOf(topic);
    this.listener.receipt({ 'receipt-id': receipt, position, ...(since !== undefined && { recovered: 'true' }), ...headers });
  }

  message(topic: string, offset: number, data: unknown = { n: offset }, headers: Headers = {}): void {
    this.listener.activity();
    this.listener.message(
      { subscription: this.headersOf(topic)['id'], 'message-id': `e-${offset}`, timestamp: '5', ...headers },
      JSON.stringify(data),
    );
  }

  /** What the server says about who is there. */
  presence(topic: string, frame: unknown): void {
    this.message(topic, 0, frame, { 'realtime-control': 'presence', 'message-id': 'control' });
  }

  /** Where a subscription is. */
  position(topic: string, position: string): void {
    this.message(topic, 0, { position }, { 'realtime-control': 'position', 'message-id': 'control' });
  }

  /** RECEIPT of the last SEND, or of an earlier one. */
  receipt(headers: Headers = {}, index = -1): void {
    this.listener.activity();
    this.listener.receipt({ 'receipt-id': this.sent.at(index)?.headers['receipt'], ...headers });
  }

  /** The reply to the last call, or to an earlier one. */
  reply(body: unknown, headers: Headers = {}, index = -1): void {
    const { 'correlation-id': id, 'reply-to': subscription } = this.sent.at(index)?.headers ?? {};
    this.listener.activity();
    this.listener.message(
      { subscription, destination: '/realtime/@replies', 'correlation-id': id, ...headers },
      body === undefined ? '' : JSON.stringify(body),
    );
  }

  /** A message of a subscription that the server made. */
  served(id: string, headers: Headers, body: unknown): void {
    this.listener.activity();
    this.listener.message({ subscription: id, destination: `/realtime/${id.slice(1)}`, timestamp: '5', ...headers }, JSON.stringify(body));
  }

  control(topic: string, kind: string, code: string, headers: Headers = {}): void {
    this.message(topic, 0, { code, detail: `the detail of ${code}` }, { 'realtime-control': kind, 'message-id': 'control', ...headers });
  }
}

/** A server that does what it is told. */
export class FakeServer {
  readonly connections: FakeConnection[] = [];
  /** Whether it accepts each connection at once, and each subscription. */
  automatic = false;

  readonly transport: Transport = (request, listener) => {
    const connection = new FakeConnection(request, listener);
    this.connections.push(connection);
    if (this.automatic) {
      queueMicrotask(() => connection.end ?? connection.accept());
    }
    return connection;
  };

  get current(): FakeConnection {
    const connection = this.connections.at(-1);
    if (connection === undefined) {
      throw new Error('nobody connected');
    }
    return connection;
  }
}

export interface Setup {
  readonly realtime: Realtime;
  readonly server: FakeServer;
  readonly environment: FakeEnvironment;
  readonly errors: unknown[];
  readonly states: string[];
}

export function setup(options: RealtimeOptions = {}): Setup {
  const server = new FakeServer();
  const environment = new FakeEnvironment();
  const errors: unknown[] = [];
  const realtime = new Realtime(
    { url: 'https://example.org/realtime', onError: (error) => errors.push(error), ...options },
    { environment, transport: server.transport },
  );
  const states: string[] = [];
  realtime.on('state', (state) => states.push(state));
  return { realtime, server, environment, errors, states };
}

/** The connection is cut, and there is another one. */
export async function reconnect({ server, environment }: Setup): Promise<void> {
  server.current.listener.closed(1006, '');
  await environment.pass(30_000);
  server.current.accept();
  await settle();
}

/** With one subscription to `topic`, live. */
export async function connected(options: RealtimeOptions = {}): Promise<Setup & { readonly received: unknown[] }> {
  const all = setup(options);
  const received: unknown[] = [];
  all.realtime.subscribe('topic', (data, message) => received.push(message.gap ? 'gap' : data));
  await settle();
  all.server.current.accept();
  await settle();
  all.server.current.live('topic', 'e-10');
  all.server.current.beat();
  await settle();
  return { ...all, received };
}
