import { attempt } from './emitter.js';
import type { Environment, Timer } from './environment.js';
import type { DataMessage, Refusal } from './types.js';

/** More hints than this are not kept for one call: who waited that long should fetch everything. */
const MAX_MERGED = 1_000;

export const TOO_MANY_MERGED: Refusal = {
  code: 'history-lost',
  detail: `More than ${MAX_MERGED} messages came before the callback was ready, fetch the data again`,
};

export interface DeliveryOptions {
  readonly coalesce: number;
  readonly whenVisible: boolean;
  readonly spread: number;
}

export interface DeliveryTarget {
  message(message: DataMessage): unknown;
  lost(gap: Refusal): unknown;
}

/** Merges the messages of a subscription into fewer calls, one at a time. */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #target: DeliveryTarget;
  readonly #environment: Environment;
  readonly #onError: (error: unknown) => void;

  #pending: DataMessage[] = [];
  #gap: Refusal | undefined;
  #busy = false;
  #ended = false;
  #lastCall = Number.NEGATIVE_INFINITY;
  #timer: Timer;
  #unlisten: (() => void) | undefined;

  constructor(options: DeliveryOptions, target: DeliveryTarget, environment: Environment, onError: (error: unknown) => void) {
    this.#options = options;
    this.#target = target;
    this.#environment = environment;
    this.#onError = onError;
    if (options.whenVisible) {
      this.#unlisten = environment.listen((event) => {
        if (event === 'visible' || event === 'return') {
          this.#pump();
        }
      });
    }
  }

  add(message: DataMessage): void {
    if (this.#pending.length < MAX_MERGED) {
      this.#pending.push(message);
    } else {
      this.gap(TOO_MANY_MERGED);
      return;
    }
    this.#pump();
  }

  /** Whatever waits is part of what is to be fetched again. */
  gap(gap: Refusal): void {
    this.#pending = [];
    this.#gap = gap;
    this.#pump();
  }

  end(): void {
    this.#ended = true;
    this.#pending = [];
    this.#gap = undefined;
    this.#environment.clearTimeout(this.#timer);
    this.#unlisten?.();
  }

  #pump(): void {
    if (this.#busy || this.#ended || (this.#pending.length === 0 && this.#gap === undefined)) {
      return;
    }
    if (this.#isHidden()) {
      return;
    }
    const { coalesce, spread } = this.#options;
    // The clock may have been set back.
    const rest = Math.min(coalesce, this.#lastCall + coalesce - this.#environment.now());
    const delay = Math.max(0, rest) + this.#environment.random() * spread;
    if (delay > 0) {
      this.#busy = true;
      this.#timer = this.#environment.setTimeout(() => this.#due(), delay);
    } else {
      this.#call();
    }
  }

  #isHidden(): boolean {
    return this.#options.whenVisible && !this.#environment.isVisible();
  }

  #due(): void {
    this.#busy = false;
    if (!this.#isHidden()) {
      this.#call();
    }
  }

  #call(): void {
    this.#busy = true;
    this.#lastCall = this.#environment.now();
    const running = attempt(() => this.#tell(), this.#onError);
    const done = (): void => {
      this.#busy = false;
      this.#pump();
    };
    if (running === undefined) {
      done();
    } else {
      void running.then(done);
    }
  }

  /** A gap first: what waits has come after it. */
  #tell(): unknown {
    const gap = this.#gap;
    if (gap !== undefined) {
      this.#gap = undefined;
      return this.#target.lost(gap);
    }
    const merged = this.#pending;
    const newest = merged[merged.length - 1];
    this.#pending = [];
    return newest && this.#target.message({ ...newest, merged });
  }
}
