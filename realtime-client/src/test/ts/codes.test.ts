import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CLOSE_CODES, CONTROL_CODES, isFinal, reconnectAfter } from '../../main/ts/codes.js';

const ROOT = new URL('../../../../', import.meta.url);

function constants(file: string, pattern: RegExp): Record<string, string> {
  const source = readFileSync(new URL(file, ROOT), 'utf8');
  return Object.fromEntries([...source.matchAll(pattern)].map(([, name, text]) => [name, text]));
}

test('the control codes are those of Java', () => {
  const java = constants('realtime-spring/src/main/java/dev/realtime/stomp/ControlCode.java', /^\t[A-Z_]+\("([a-z-]+)",\s+"([^"]+)"\)/gm);
  expect(Object.keys(java).length).toBeGreaterThan(5);
  expect(CONTROL_CODES).toEqual(java);
});

test('the close codes are those of Java', () => {
  const java = constants('realtime-core/src/main/java/dev/realtime/core/CloseReason.java', /^\t[A-Z_]+\((\d+),\s+"([^"]+)"\)/gm);
  expect(Object.keys(java).length).toBeGreaterThan(5);
  expect(CLOSE_CODES).toEqual(java);
});

test.each([
  [1000, false],
  [4000, false],
  [4499, false],
  [4500, true],
  [4999, true],
  [5000, false],
])('%i is final: %s', (code, final) => {
  expect(isFinal(code)).toBe(final);
});

test('the delay of the server', () => {
  expect(reconnectAfter('going away, reconnect-after=1234')).toBe(1234);
  expect(reconnectAfter('going away')).toBeUndefined();
  expect(reconnectAfter('reconnect-after=soon')).toBeUndefined();
});
