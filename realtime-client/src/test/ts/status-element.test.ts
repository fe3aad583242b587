// @vitest-environment happy-dom
import { beforeAll, expect, test, vi } from 'vitest';
import { defineStatusElement } from '../../main/ts/status-element.js';
import { setup } from './fakes.js';

const { realtime, server, environment } = setup();

beforeAll(() => {
  defineStatusElement(realtime);
  defineStatusElement(setup().realtime);
});

function text(element: Element): string | null | undefined {
  return element.shadowRoot?.querySelector('[part=label]')?.textContent;
}

test('shows what the connection does, for everybody', async () => {
  document.body.innerHTML = '<realtime-status label-connected="Verbunden"></realtime-status>';
  const element = document.body.firstElementChild as HTMLElement;
  expect([element.getAttribute('role'), element.getAttribute('state'), text(element)]).toEqual(['status', 'idle', 'Not connected']);
  realtime.subscribe('topic', () => {});
  expect(text(element)).toBe('Connecting');
  await environment.pass(1);
  server.current.accept();
  expect([element.getAttribute('state'), text(element)]).toEqual(['connected', 'Verbunden']);
});

test('a short interruption does not flicker', async () => {
  vi.useFakeTimers();
  const element = document.body.firstElementChild as HTMLElement;
  environment.chance = 0.1;
  server.current.listener.closed(1006, '');
  vi.advanceTimersByTime(400);
  expect(element.getAttribute('state')).toBe('connected');
  vi.advanceTimersByTime(200);
  expect([element.getAttribute('state'), text(element)]).toEqual(['reconnecting', 'Reconnecting']);
  vi.useRealTimers();
});

test('shows another word as soon as it is given one', () => {
  const element = document.body.firstElementChild as HTMLElement;
  element.setAttribute('label-reconnecting', 'Verbindet');
  expect(text(element)).toBe('Verbindet');
  element.removeAttribute('label-reconnecting');
  expect(text(element)).toBe('Reconnecting');
});

test('can show another connection, and leaves nothing behind', async () => {
  const other = setup();
  const element = document.body.firstElementChild as HTMLElement & { realtime: typeof realtime };
  element.realtime = other.realtime;
  expect(element.getAttribute('state')).toBe('idle');
  element.remove();
  other.realtime.subscribe('topic', () => {});
  expect(element.getAttribute('state')).toBe('idle');
});
