/** A timer that can be cleared. */
export type Timer = unknown;

/** The longest that timers can wait, in milliseconds; with more, such as `Infinity`, they would not wait at all. */
const FOREVER = 2 ** 31 - 1;

/** Time, chance and the page, so that tests can have their own. */
export interface Environment {
  /** Milliseconds since 1970: unlike a monotonic clock it goes on while a laptop sleeps. */
  now(): number;
  setTimeout(callback: () => void, milliseconds: number): Timer;
  clearTimeout(timer: Timer): void;
  /** At least 0 and less than 1. */
  random(): number;
  /** `false` only if the browser is sure that there is no network. */
  isOnline(): boolean;
  isVisible(): boolean;
  /** Listens until the returned function is called. */
  listen(listener: (event: PageEvent) => void): () => void;
}

/**
 * - `online`, `offline`: what the browser thinks of the network;
 * - `visible`: the page is looked at again, or has the focus again;
 * - `leave`, `return`: the page goes to the back/forward cache, is frozen or ends; it comes back.
 */
export type PageEvent = 'online' | 'offline' | 'visible' | 'leave' | 'return';

/** The browser; in Node.js a page that is always online and visible. */
export const browser: Environment = {
  now: () => Date.now(),
  setTimeout: (callback, milliseconds) => setTimeout(callback, Math.min(milliseconds, FOREVER)),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
  random: () => Math.random(),
  isOnline: () => globalThis.navigator?.onLine !== false,
  isVisible: () => globalThis.document?.visibilityState !== 'hidden',
  listen: (listener) => {
    const stop = new AbortController();
    const on = (target: EventTarget | undefined, type: string, event: (event: Event) => PageEvent | undefined): void => {
      const handler = (domEvent: Event): void => {
        const pageEvent = event(domEvent);
        if (pageEvent !== undefined) {
          listener(pageEvent);
        }
      };
      // Not every EventTarget of other runtimes knows the option `signal`.
      target?.addEventListener?.(type, handler);
      stop.signal.addEventListener('abort', () => target?.removeEventListener?.(type, handler));
    };
    const page = globalThis.window;
    on(page, 'online', () => 'online');
    on(page, 'offline', () => 'offline');
    on(page, 'focus', () => 'visible');
    on(page, 'pagehide', () => 'leave');
    // It is fired for every page that has been loaded, too.
    on(page, 'pageshow', (event) => ((event as PageTransitionEvent).persisted ? 'return' : undefined));
    on(globalThis.document, 'visibilitychange', () => (browser.isVisible() ? 'visible' : undefined));
    // Chromium freezes hidden tabs. No timer runs there, and what arrives waits.
    on(globalThis.document, 'freeze', () => 'leave');
    on(globalThis.document, 'resume', () => 'return');
    return () => stop.abort();
  },
};

/** Hands an error to the browser as one that nobody caught, or to the console. */
export function report(error: unknown): void {
  if (typeof globalThis.reportError === 'function') {
    globalThis.reportError(error);
  } else {
    console.error(error);
  }
}
