import { type CallOptions, Calls, REPLIES } from './calls.js';
import { Credentials } from './credentials.js';
import { DISPOSE } from './dispose.js';
import { Emitter } from './emitter.js';
import { browser, type Environment, report, type Timer } from './environment.js';
import { Link } from './link.js';
import type { Internals, RealtimeEvents, RealtimeOptions } from './options.js';
import { isOwnOrigin } from './origin.js';
import type { PresenceMember } from './presence.js';
import { CONNECTION_HEADER } from './requests.js';
import { Sends } from './sends.js';
import { ServerSubscriptions } from './server-subscriptions.js';
import { stompTransport } from './stomp-transport.js';
import type { Subscription, SubscriptionContext } from './subscription.js';
import { Subscriptions } from './subscriptions.js';
import { type Connection, type ConnectRequest, expiresIn, type Headers as FrameHeaders } from './transport.js';
import type { Callback, ConnectionState, DataCallback, Filter, GapOptions, SubscribeOptions } from './types.js';

/** A connection that restores itself and its subscriptions. */
export class Realtime {
  readonly #idleTimeout: number;
  readonly #credentials: Credentials;
  readonly #environment: Environment;
  readonly #events: Emitter<RealtimeEvents>;
  readonly #link: Link;
  readonly #subscriptions: Subscriptions;
  readonly #sends: Sends;
  readonly #calls: Calls;
  readonly #served: ServerSubscriptions;
  readonly #fetch: typeof fetch;
  #idleTimer: Timer;

  constructor(options: RealtimeOptions = {}, internals: Internals = {}) {
    this.#idleTimeout = options.idleTimeout ?? 30_000;
    this.#credentials = new Credentials(options);
    this.#environment = internals.environment ?? browser;
    // One that throws must not stop what reports to it.
    const onError = (error: unknown): void => {
      try {
        (options.onError ?? report)(error);
      } catch (another) {
        report(another);
      }
    };
    this.#events = new Emitter(onError);
    this.#link = new Link(
      {
        transport: internals.transport ?? stompTransport(options.webSocket),
        environment: this.#environment,
        request: () => this.#request(),
        hasToken: this.#credentials.hasToken,
        renew: async ({ headers: { Authorization = '' } }) => expiresIn(await this.#sends.send('/realtime/@auth', { Authorization })),
        timeout: options.connectTimeout ?? 15_000,
      },
      {
        stateChanged: (state) => this.#stateChanged(state),
        connected: () => {
          this.#subscriptions.flush();
          this.#calls.connected();
        },
        disconnected: (disconnect) => this.#events.emit('disconnect', disconnect),
        message: (headers, body) => this.#onMessage(headers, body),
        receipt: (headers) => [this.#subscriptions, this.#sends].forEach((each) => each.onReceipt(headers)),
        heartbeat: () => [this.#subscriptions, this.#served].forEach((each) => each.onHeartbeat()),
      },
    );
    const environment = this.#environment;
    const connection = (): Connection | undefined => this.#link.connection;
    this.#sends = new Sends(connection);
    const send: SubscriptionContext['send'] = async (destination, headers, body) => void (await this.#sends.send(destination, headers, body));
    this.#calls = new Calls(environment, connection, () => this.#release());
    this.#served = new ServerSubscriptions({ environment, connection, onError, send, events: this.#events });
    this.#subscriptions = new Subscriptions({
      environment,
      connection,
      onError,
      send,
      credentials: this.#credentials,
      refuse: (reason) => this.#link.refuse(reason),
      ended: () => this.#release(),
    });
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
  }

  get state(): ConnectionState {
    return this.#link.state;
  }

  /** What the server calls this connection while it is up, for `except(connectionId)` of a publisher. Nobody else's business. */
  get connectionId(): string | undefined {
    return this.#link.session;
  }

  /** How many subscriptions there are on the wire. */
  get subscriptionCount(): number {
    return this.#subscriptions.size;
  }

  /** Listens until the returned function is called. */
  on<E extends keyof RealtimeEvents>(event: E, listener: (value: RealtimeEvents[E]) => unknown): () => void {
    return this.#events.on(event, listener);
  }

  /**
   * Subscribes to a topic, and connects if need be. With `onGap` the callback gets publications only, otherwise gaps as
   * well. Without a callback it is a `for await` loop.
   */
  subscribe<T = unknown, M extends PresenceMember = PresenceMember>(
    topic: string,
    callback: DataCallback<T>,
    options: GapOptions,
  ): Subscription<T, M>;
  subscribe<T = unknown, M extends PresenceMember = PresenceMember>(
    topic: string,
    filter: Filter | null | undefined,
    callback: DataCallback<T>,
    options: GapOptions,
  ): Subscription<T, M>;
  subscribe<T = unknown, M extends PresenceMember = PresenceMember>(
    topic: string,
    callback: Callback<T>,
    options?: SubscribeOptions,
  ): Subscription<T, M>;
  subscribe<T = unknown, M extends PresenceMember = PresenceMember>(
    topic: string,
    filter: Filter | null | undefined,
    callback: Callback<T>,
    options?: SubscribeOptions,
  ): Subscription<T, M>;
  subscribe<T = unknown, M extends PresenceMember = PresenceMember>(
    topic: string,
    filter?: Filter | null,
    options?: SubscribeOptions,
  ): Subscription<T, M>;
  subscribe<T, M extends PresenceMember>(topic: string, ...rest: unknown[]): Subscription<T, M> {
    const filter = typeof rest[0] === 'function' ? undefined : (rest.shift() as Filter | null | undefined);
    const callback = typeof rest[0] === 'function' ? (rest.shift() as Callback<unknown>) : undefined;
    return this.#subscribe(topic, filter ?? undefined, callback, (rest[0] ?? {}) as SubscribeOptions);
  }

  /** Subscribes to what is published to this user. */
  me<T = unknown>(callback: DataCallback<T>, options: GapOptions): Subscription<T>;
  me<T = unknown>(callback?: Callback<T>, options?: SubscribeOptions): Subscription<T>;
  me<T>(callback?: Callback<T> | DataCallback<T>, options: SubscribeOptions = {}): Subscription<T> {
    return this.#subscribe('@me', undefined, callback, options);
  }

  /** The subscriptions that the server has made for this page, this session or this user. */
  get serverSubscriptions(): readonly Subscription[] {
    return this.#served.all;
  }

  /**
   * Gets the messages of all subscriptions that the server makes, until the returned function is called, and connects if
   * need be.
   */
  onServerMessage<T = unknown>(callback: Callback<T>): () => void {
    const stop = this.#served.listen(callback as Callback<unknown>);
    this.#start();
    return () => {
      stop();
      this.#release();
    };
  }

  /**
   * Calls a `@MessageMapping` method of the server, such as `/app/contacts.get`, and connects if need be. A call is never
   * sent twice: with a connection that is lost meanwhile it fails.
   * @returns what the method returns; rejected with a `CallError`, or with the reason of the signal
   */
  call<T = unknown>(destination: string, body?: unknown, options: CallOptions = {}): Promise<T> {
    const reply = this.#calls.call(destination, body, options) as Promise<T>;
    if (this.#isNeeded) {
      this.#start();
    }
    if (this.state === 'closed') {
      this.#calls.interrupt(true);
    }
    return reply;
  }

  /**
   * The header that tells the server which connection a request comes from, for `toOthers()`; none while there is no
   * connection, or for a URL of another origin.
   */
  headers(url?: string | URL): Record<string, string> {
    const id = this.connectionId;
    const isWanted = id !== undefined && (url === undefined || isOwnOrigin(url, this.#credentials.url));
    return isWanted ? { [CONNECTION_HEADER]: id } : {};
  }

  /** `fetch` with `headers()`. */
  readonly fetch: typeof fetch = (input, init) => {
    const isRequest = typeof input === 'object' && 'headers' in input;
    const headers = new Headers(init?.headers ?? (isRequest ? input.headers : undefined));
    for (const [name, value] of Object.entries(this.headers(isRequest ? input.url : input))) {
      headers.set(name, value);
    }
    return this.#fetch(input, { ...init, headers });
  };

  /**
   * Does not wait for the next attempt, and connects again after the server did not want to: at once, or with the next
   * subscription if there is none.
   */
  reconnect(): void {
    if (this.#isNeeded) {
      this.#link.start({ evenIfRefused: true });
      this.#link.retryNow();
    } else if (this.state === 'closed') {
      this.#link.stop('idle');
    }
  }

  /** Ends all subscriptions and the connection. */
  close(): void {
    this.#subscriptions.close();
    this.#served.close();
    this.#environment.clearTimeout(this.#idleTimer);
    this.#link.stop('closed');
  }

  [DISPOSE](): void {
    this.close();
  }

  #subscribe<S>(topic: string, filter: Filter | undefined, callback: unknown, options: SubscribeOptions): S {
    const subscription = this.#subscriptions.add(topic, filter, callback as Callback<unknown> | undefined, options);
    if (this.#isNeeded) {
      this.#start();
    }
    return subscription as S;
  }

  async #request(): Promise<ConnectRequest> {
    const request = await this.#credentials.connectRequest();
    return { ...request, headers: { ...request.headers, ...this.#served.headers() } };
  }

  /** Whether there should be a connection. */
  get #isNeeded(): boolean {
    return this.#subscriptions.size > 0 || this.#served.isHeard || this.#calls.isBusy;
  }

  #start(): void {
    this.#environment.clearTimeout(this.#idleTimer);
    this.#link.start();
  }

  /** Something that needs a connection has ended. */
  #rest(): void {
    if (!this.#isNeeded) {
      this.#environment.clearTimeout(this.#idleTimer);
      this.#idleTimer = this.#environment.setTimeout(() => this.#link.stop('idle'), this.#idleTimeout);
    }
  }

  /** The same, but not after the end. */
  #release(): void {
    if (this.state !== 'closed') {
      this.#rest();
    }
  }

  #stateChanged(state: ConnectionState): void {
    if (state !== 'connected') {
      this.#subscriptions.interrupt();
      this.#served.interrupt();
      this.#sends.interrupt();
      this.#calls.interrupt(state === 'closed');
    }
    this.#events.emit('state', state);
  }

  #onMessage(headers: FrameHeaders, body: string): void {
    const id = headers['subscription'] ?? '';
    // What the server chooses begins with @.
    const to = id === REPLIES ? this.#calls : id.startsWith('@') ? this.#served : this.#subscriptions;
    to.onMessage(headers, body);
  }
}

/** A connection, which is made with the first subscription. */
export function connect(options?: RealtimeOptions): Realtime {
  return new Realtime(options);
}
