import { backoff } from './backoff.js';
import { isFinal, reconnectAfter, UNAUTHORIZED } from './codes.js';
import type { Environment, PageEvent, Timer } from './environment.js';
import { Renewal, type RenewalOptions } from './renewal.js';
import type { Connected, Connection, ConnectRequest, Headers, Transport } from './transport.js';
import { type ConnectionState, type Disconnect, UnauthorizedError } from './types.js';

/** A connection that lasted this long was a success: the next failure is the first one again. */
const STABLE = 10_000;

/** Between attempts that the page's events ask for, so that flapping Wi-Fi does not hammer the server. */
const MIN_INTERVAL = 1_000;

/** How often to look whether the server still talks, and whether the machine has slept. */
const TICK = 5_000;

/** A tick that comes this much too late means that the machine has slept. */
const SLEPT = 10_000;

/** What a heart-beat may be late where the network may have changed. */
const MARGIN = 2_000;

const ABNORMAL = 1006;

/** What the link tells its owner. */
export interface LinkListener {
  stateChanged(state: ConnectionState): void;
  connected(): void;
  disconnected(disconnect: Disconnect): void;
  message(headers: Headers, body: string): void;
  receipt(headers: Headers): void;
  heartbeat(): void;
}

export interface LinkOptions extends RenewalOptions {
  readonly transport: Transport;
  /** Whether requests come with a token, a fresh one each. */
  readonly hasToken: boolean;
  /** The time for an attempt, in milliseconds. */
  readonly timeout: number;
}

/** Keeps one connection up between `start` and `stop`. */
export class Link {
  readonly #options: LinkOptions;
  readonly #environment: Environment;
  readonly #listener: LinkListener;

  #state: ConnectionState = 'idle';
  #connection: Connection | undefined;
  #connected: Connected | undefined;
  #renewal: Renewal | undefined;
  /** Counts attempts, so that what belongs to an earlier one is ignored. */
  #attempt = 0;
  #attempting = false;
  #failures = 0;
  /** Whether the server refused this client, or its token, and has not taken it since. */
  #refused = false;
  #lastAttempt = Number.NEGATIVE_INFINITY;
  #connectedAt = 0;
  #lastActivity = 0;
  #lastTick = 0;
  /** The server does not want us earlier than this. */
  #notBefore = 0;
  /** How long it wanted us to wait; zero if it does not any more. */
  #told = 0;
  #retryTimer: Timer;
  #timeoutTimer: Timer;
  #tickTimer: Timer;
  #suspectTimer: Timer;
  #unlisten: (() => void) | undefined;

  constructor(options: LinkOptions, listener: LinkListener) {
    this.#options = options;
    this.#environment = options.environment;
    this.#listener = listener;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** What the server calls the connection, if there is one. */
  get session(): string | undefined {
    return this.#connected?.session;
  }

  /** The connection, if it is up. */
  get connection(): Connection | undefined {
    return this.#connected && this.#connection;
  }

  /** Connects, unless it is connected or trying to be, or the server does not want that. */
  start({ evenIfRefused = false } = {}): void {
    const isRefused = this.#refused && !evenIfRefused;
    if (this.#state === 'idle' || (this.#state === 'closed' && !isRefused)) {
      this.#failures = 0;
      this.#refused = false;
      this.#unlisten ??= this.#environment.listen((event) => this.#onPageEvent(event));
      this.#lastTick = this.#environment.now();
      this.#scheduleTick();
      this.#setState('connecting');
      this.#connect();
    }
  }

  /** Says goodbye. */
  stop(state: 'idle' | 'closed'): void {
    this.#connection?.close();
    this.#refused = false;
    this.#end(state);
  }

  /** This user gets no tokens any more. */
  refuse(reason: string): void {
    this.#lost(UNAUTHORIZED, reason, true);
  }

  /** Does not wait for the next attempt. */
  retryNow(): void {
    if (this.#unlisten === undefined || this.#connected !== undefined) {
      return;
    }
    const now = this.#environment.now();
    if (this.#attempting && now - this.#lastAttempt < MIN_INTERVAL + MARGIN) {
      return;
    }
    this.#abandon();
    // The clock may have been set back.
    const rest = Math.min(MIN_INTERVAL, this.#lastAttempt + MIN_INTERVAL - now);
    this.#schedule(Math.max(0, rest, Math.min(this.#told, this.#notBefore - now)));
  }

  #connect(): void {
    const attempt = ++this.#attempt;
    this.#attempting = true;
    this.#lastAttempt = this.#environment.now();
    const isCurrent = (): boolean => attempt === this.#attempt;
    this.#timeoutTimer = this.#environment.setTimeout(() => {
      this.#lost(ABNORMAL, `No connection within ${this.#options.timeout} ms`);
    }, this.#options.timeout);
    this.#options.request().then(
      (request) => {
        if (isCurrent()) {
          this.#open(request, isCurrent);
        }
      },
      (error: unknown) => {
        if (isCurrent()) {
          this.#lost(error instanceof UnauthorizedError ? UNAUTHORIZED : ABNORMAL, String(error), true);
        }
      },
    );
  }

  #open(request: ConnectRequest, isCurrent: () => boolean): void {
    const current = <A extends unknown[]>(call: (...args: A) => void) => (...args: A): void => {
      if (isCurrent()) {
        call(...args);
      }
    };
    this.#connection = this.#options.transport(request, {
      connected: current((connected) => this.#onConnected(connected)),
      message: current((headers, body) => this.#listener.message(headers, body)),
      receipt: current((headers) => this.#listener.receipt(headers)),
      heartbeat: current(() => this.#listener.heartbeat()),
      activity: current(() => {
        this.#lastActivity = this.#environment.now();
        this.#renewal?.look();
      }),
      closed: current((code, reason) => this.#lost(code, reason)),
    });
  }

  #onConnected(connected: Connected): void {
    this.#environment.clearTimeout(this.#timeoutTimer);
    this.#attempting = false;
    this.#connected = connected;
    this.#connectedAt = this.#lastActivity = this.#environment.now();
    this.#refused = false;
    this.#told = 0;
    if (this.#options.hasToken) {
      this.#renewal = new Renewal(this.#options, connected.expiresIn);
    }
    this.#setState('connected');
    this.#listener.connected();
  }

  /** The connection, or the attempt, has failed. */
  #lost(code: number, reason: string, noToken = false): void {
    const now = this.#environment.now();
    if (this.#connected !== undefined && now - this.#connectedAt >= STABLE) {
      this.#failures = 0;
    }
    this.#abandon();
    const delay = this.#delay(code, reason, noToken);
    if (delay === undefined) {
      this.#end('closed');
    } else {
      this.#schedule(delay);
      this.#setState(this.#away());
    }
    this.#listener.disconnected({ code, reason, retryIn: delay });
  }

  /** How long to wait before the next attempt; `undefined` for ever. */
  #delay(code: number, reason: string, noToken: boolean): number | undefined {
    if (isFinal(code)) {
      // A token may expire on its way, for example while the machine sleeps: a fresh one gets a chance.
      const again = code === UNAUTHORIZED && this.#options.hasToken && !noToken && !this.#refused;
      this.#refused = true;
      return again ? 0 : undefined;
    }
    const told = reconnectAfter(reason);
    if (told !== undefined) {
      this.#notBefore = this.#environment.now() + told;
      this.#told = told;
      return told;
    }
    return backoff(this.#failures++, () => this.#environment.random());
  }

  #schedule(delay: number): void {
    this.#environment.clearTimeout(this.#retryTimer);
    this.#retryTimer = this.#environment.setTimeout(() => this.#connect(), delay);
  }

  /** Lets go of the connection or the attempt. */
  #abandon(): void {
    this.#attempt++;
    this.#attempting = false;
    this.#environment.clearTimeout(this.#timeoutTimer);
    this.#environment.clearTimeout(this.#retryTimer);
    this.#environment.clearTimeout(this.#suspectTimer);
    this.#renewal?.stop();
    this.#connection?.drop();
    this.#connection = undefined;
    this.#connected = undefined;
  }

  #end(state: 'idle' | 'closed'): void {
    this.#connection = undefined;
    this.#abandon();
    this.#environment.clearTimeout(this.#tickTimer);
    this.#unlisten?.();
    this.#unlisten = undefined;
    this.#told = 0;
    this.#setState(state);
  }

  #onPageEvent(event: PageEvent): void {
    switch (event) {
      case 'leave':
        // A page with a connection can not go to the back/forward cache, and one that is frozen can not answer
        // heart-beats. Nothing is lost: it comes back with `since`.
        this.#abandon();
        if (this.#state === 'connected') {
          this.#setState('reconnecting');
        }
        return;
      case 'offline':
        if (this.#connected === undefined) {
          this.#setState('offline');
        } else {
          this.#suspect();
        }
        return;
      default:
        this.#wake();
    }
  }

  /** The network, the machine or the page may be back. */
  #wake(): void {
    if (this.#connected !== undefined) {
      this.#suspect();
    } else {
      this.#setState(this.#state === 'connecting' ? 'connecting' : this.#away());
      this.retryNow();
    }
  }

  /** The connection may be dead without knowing: it has to prove itself with its next heart-beat. */
  #suspect(): void {
    const heartbeat = this.#connected?.heartbeat ?? 0;
    if (heartbeat === 0) {
      return;
    }
    this.#environment.clearTimeout(this.#suspectTimer);
    const overdue = (): number => this.#environment.now() - this.#lastActivity - heartbeat - MARGIN;
    const drop = (): void => {
      if (overdue() >= 0) {
        this.#silent();
      }
    };
    if (overdue() >= 0) {
      drop();
    } else {
      this.#suspectTimer = this.#environment.setTimeout(drop, -overdue());
    }
  }

  /** The server does not talk any more: at once again, since this was no refusal. */
  #silent(): void {
    this.#lost(ABNORMAL, 'no heart-beat');
    this.retryNow();
  }

  #scheduleTick(): void {
    this.#tickTimer = this.#environment.setTimeout(() => this.#tick(), TICK);
  }

  #tick(): void {
    this.#scheduleTick();
    const now = this.#environment.now();
    const late = now - this.#lastTick - TICK;
    this.#lastTick = now;
    if (late > SLEPT) {
      this.#wake();
    }
    const heartbeat = this.#connected?.heartbeat ?? 0;
    if (heartbeat > 0 && now - this.#lastActivity > 2 * heartbeat + MARGIN) {
      this.#silent();
    }
    this.#renewal?.look();
  }

  #away(): ConnectionState {
    return this.#environment.isOnline() ? 'reconnecting' : 'offline';
  }

  #setState(state: ConnectionState): void {
    if (this.#state !== state) {
      this.#state = state;
      this.#listener.stateChanged(state);
    }
  }
}
