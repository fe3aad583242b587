import type { Environment } from './environment.js';
import type { ConnectRequest } from './transport.js';
import { UnauthorizedError } from './types.js';

/** The least time between two attempts, in milliseconds, however short-lived the tokens are. */
const MIN_INTERVAL = 5_000;

/** How long before the end to begin, at most: the server ends the connection not long after it. */
const LEAD = 60_000;

/** What a renewal needs. */
export interface RenewalOptions {
  readonly environment: Environment;
  /** Asks for a fresh token, as for another attempt to connect. */
  readonly request: () => Promise<ConnectRequest>;
  /** Shows it to the server on the open connection, and answers for how many milliseconds it lasts. */
  readonly renew: (request: ConnectRequest) => Promise<number>;
}

/**
 * Keeps the authentication of one connection from expiring. Where there is no fresh token, or the server does not take
 * it, a few more attempts follow until the end; then the server ends the connection, and the next one is made as ever.
 */
export class Renewal {
  readonly #options: RenewalOptions;
  readonly #environment: Environment;
  #expiresAt: number;
  #dueAt: number;
  #stopped = false;

  /** @param expiresIn how many milliseconds are left; infinitely many for an authentication without an end */
  constructor(options: RenewalOptions, expiresIn: number) {
    this.#options = options;
    this.#environment = options.environment;
    this.#expiresAt = this.#environment.now() + expiresIn;
    this.#dueAt = this.#firstAttempt(expiresIn);
  }

  /** Renews if it is time. To be called often: timers of hidden tabs, and of machines that slept, are late. */
  look(): void {
    if (this.#environment.now() >= this.#dueAt) {
      this.#dueAt = Number.POSITIVE_INFINITY;
      this.#renew().catch((error: unknown) => {
        if (!(error instanceof UnauthorizedError)) {
          this.#tryAgain();
        }
      });
    }
  }

  /** The connection is gone: nothing is sent any more. */
  stop(): void {
    this.#stopped = true;
    this.#dueAt = Number.POSITIVE_INFINITY;
  }

  async #renew(): Promise<void> {
    const request = await this.#options.request();
    if (this.#stopped) {
      return;
    }
    const expiresIn = await this.#options.renew(request);
    this.#expiresAt = this.#environment.now() + expiresIn;
    // A source may give the same token until its end. Then there is nothing more to do here.
    this.#dueAt = expiresIn > 0 ? this.#firstAttempt(expiresIn) : Number.POSITIVE_INFINITY;
  }

  /** Spread, so that pages that were opened together do not ask together. */
  #firstAttempt(expiresIn: number): number {
    const lead = Math.min(LEAD, expiresIn / 4) * (0.5 + this.#environment.random() / 2);
    return this.#environment.now() + Math.max(MIN_INTERVAL, expiresIn - lead);
  }

  #tryAgain(): void {
    const left = this.#expiresAt - this.#environment.now();
    if (!this.#stopped && left > 0) {
      this.#dueAt = this.#environment.now() + Math.max(MIN_INTERVAL, left / 2);
    }
  }
}
