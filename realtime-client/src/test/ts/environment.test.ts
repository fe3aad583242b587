// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { browser, type PageEvent } from '../../main/ts/environment.js';

const seen: PageEvent[] = [];
let stop: () => void;

beforeEach(() => {
  seen.length = 0;
  stop = browser.listen((event) => seen.push(event));
});

afterEach(() => stop());

/** What browsers fire, as far as it matters here. */
function fire(target: EventTarget, type: string, properties: object = {}): void {
  target.dispatchEvent(Object.assign(new Event(type), properties));
}

test('a page that comes back from the back/forward cache returns; one that has just been loaded does not', () => {
  fire(window, 'pageshow', { persisted: false });
  expect(seen).toEqual([]);
  fire(window, 'pagehide', { persisted: true });
  fire(window, 'pageshow', { persisted: true });
  expect(seen).toEqual(['leave', 'return']);
});

test('a page that is frozen is as good as gone, until that ends', () => {
  fire(document, 'freeze');
  fire(document, 'resume');
  expect(seen).toEqual(['leave', 'return']);
});

test('a page is looked at again when it has the focus or is visible', () => {
  fire(window, 'focus');
  fire(document, 'visibilitychange');
  expect(seen).toEqual(['visible', 'visible']);
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
  fire(document, 'visibilitychange');
  expect(seen).toHaveLength(2);
  vi.restoreAllMocks();
});

test('nobody listens any more after the end', () => {
  stop();
  for (const type of ['online', 'offline', 'focus', 'pagehide']) {
    fire(window, type);
  }
  fire(document, 'freeze');
  expect(seen).toEqual([]);
});

test('a timer for ever does not fire at once', () => {
  vi.useFakeTimers();
  const [callback, cleared] = [vi.fn(), vi.fn()];
  const timer = browser.setTimeout(callback, Number.POSITIVE_INFINITY);
  browser.clearTimeout(browser.setTimeout(cleared, 10));
  vi.advanceTimersByTime(86_400_000);
  expect([callback, cleared].map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
  browser.clearTimeout(timer);
  vi.useRealTimers();
});
