/** Listeners by event. A listener that throws is reported and harms no other. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(value: never) => unknown>>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  on<E extends keyof Events>(event: E, listener: (value: Events[E]) => unknown): () => void {
    const listeners = this.#listeners.get(event) ?? new Set<(value: never) => unknown>();
    this.#listeners.set(event, listeners);
    // Its own identity, so that a function that listens twice is called twice.
    const entry = (value: Events[E]): unknown => listener(value);
    listeners.add(entry);
    return () => void listeners.delete(entry);
  }

  emit<E extends keyof Events>(event: E, value: Events[E]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      attempt(() => (listener as (value: Events[E]) => unknown)(value), this.#onError);
    }
  }

  has(event: keyof Events): boolean {
    return (this.#listeners.get(event)?.size ?? 0) > 0;
  }
}

/** Calls a function of the page. What it throws, or what its promise is rejected with, goes to the handler. */
export function attempt(call: () => unknown, onError: (error: unknown) => void): Promise<unknown> | undefined {
  try {
    const result = call();
    return isThenable(result) ? Promise.resolve(result).catch(onError) : undefined;
  } catch (error) {
    onError(error);
    return undefined;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
