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
    if (this.#options.whenVisible && !this.#environment.isVisible()) {
      return;
    }
    const rest = this.#lastCall + this.#options.coalesce - this.#environment.now();
    const delay = Math.max(0, rest) + this.#environment.random() * this.#options.spread;
    if (delay > 0) {
      this.#busy = true;
      this.#timer = this.#environment.setTimeout(() => this.#call(), delay);
    } else {
      this.#call();
    }
  }

  #call(): void {
    this.#busy = true;
    this.#lastCall = this.#environment.now();
    const merged = this.#pending;
    const gap = this.#gap;
    this.#pending = [];
    this.#gap = undefined;
    const newest = merged[merged.length - 1];
    const calls = [
      gap && attempt(() => this.#target.lost(gap), this.#onError),
      newest && attempt(() => this.#target.message({ ...newest, merged }), this.#onError),
    ].filter((promise) => promise !== undefined);
    const done = (): void => {
      this.#busy = false;
      this.#pump();
    };
    if (calls.length > 0) {
      void Promise.all(calls).then(done);
    } else {
      done();
    }
  }
}
