import type { Environment, Timer } from './environment.js';
import type { PresenceUpdate } from './presence.js';
import { SendError } from './sends.js';

/** The least time between two of them, in milliseconds: what the server passes on. */
const INTERVAL = 100;

/** What this page says about its user on a channel: the newest, not too often, and again on each connection. */
export class OwnPresence {
  readonly #environment: Environment;
  readonly #send: (state: PresenceUpdate) => Promise<void>;
  readonly #onError: (error: unknown) => void;
  #state: PresenceUpdate | undefined;
  #isJoined = false;
  #isNew = false;
  #timer: Timer;

  constructor(environment: Environment, send: (state: PresenceUpdate) => Promise<void>, onError: (error: unknown) => void) {
    this.#environment = environment;
    this.#send = send;
    this.#onError = onError;
  }

  update(state: PresenceUpdate): void {
    this.#state = { ...this.#state, ...state };
    this.#isNew = true;
    this.#pump();
  }

  /** The server has this page as a member. */
  joined(): void {
    this.#isJoined = true;
    this.#isNew = this.#state !== undefined;
    this.#pump();
  }

  left(): void {
    this.#isJoined = false;
    this.#environment.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #pump(): void {
    if (!this.#isJoined || !this.#isNew || this.#timer !== undefined || this.#state === undefined) {
      return;
    }
    this.#isNew = false;
    this.#pause(INTERVAL);
    this.#send(this.#state).catch((error: unknown) => this.#failed(error as SendError));
  }

  #pause(milliseconds: number): void {
    this.#environment.clearTimeout(this.#timer);
    this.#timer = this.#environment.setTimeout(() => {
      this.#timer = undefined;
      this.#pump();
    }, milliseconds);
  }

  #failed(error: SendError): void {
    switch (error.code) {
      case 'not-connected':
      case 'connection-lost':
        break;
      case 'rate-limited':
        if (this.#isJoined) {
          this.#isNew = true;
          this.#pause(error.retryAfter ?? INTERVAL);
        }
        break;
      default:
        this.#onError(error);
    }
  }
}
