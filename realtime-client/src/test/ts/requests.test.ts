// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest';
import { axiosInterceptor, CONNECTION_HEADER } from '../../main/ts/index.js';
import { connected, setup, type Setup } from './fakes.js';

let all: Setup;
const fetched = vi.fn<typeof fetch>(() => Promise.resolve(new Response()));

beforeEach(async () => {
  (globalThis as unknown as { happyDOM: { setURL(url: string): void } }).happyDOM.setURL('https://example.org/contacts/5');
  fetched.mockClear();
  all = await connected({ fetch: fetched });
});

function header(): string | null {
  return new Headers(fetched.mock.calls.at(-1)?.[1]?.headers).get(CONNECTION_HEADER);
}

test('the header is that of this connection, and there is none without one', () => {
  expect(all.realtime.headers()).toEqual({ 'X-Realtime-Connection': all.realtime.connectionId });
  expect(setup().realtime.headers()).toEqual({});
});

test.each(['/api/contacts', 'notes', 'https://example.org/api', '//example.org/api', new URL('https://example.org/x')])(
  'fetch of %s says it',
  async (url) => {
    await all.realtime.fetch(url, { method: 'POST', headers: { Accept: 'text/plain' } });
    expect(header()).toBe(all.realtime.connectionId);
    expect(new Headers(fetched.mock.calls[0]?.[1]?.headers).get('accept')).toBe('text/plain');
    expect(fetched.mock.calls[0]?.[1]?.method).toBe('POST');
  },
);

test.each(['https://elsewhere.org/api', '//elsewhere.org/', 'http://example.org:8080/'])('fetch of %s does not', async (url) => {
  await all.realtime.fetch(url);
  expect(header()).toBeNull();
});

test('fetch takes a Request, too, and works on its own', async () => {
  const { fetch } = all.realtime;
  await fetch(new Request('https://example.org/api', { headers: { Accept: 'text/plain' } }));
  expect(header()).toBe(all.realtime.connectionId);
  expect(new Headers(fetched.mock.calls[0]?.[1]?.headers).get('accept')).toBe('text/plain');
});

test.each([
  [{ url: '/contacts' }, true],
  [{ url: 'contacts', baseURL: 'https://example.org/api' }, true],
  [{ url: '/contacts', baseURL: '/api' }, true],
  [{ baseURL: '/api' }, true],
  [{}, true],
  [{ url: '/contacts', baseURL: 'https://elsewhere.org' }, false],
  [{ url: 'https://elsewhere.org/', baseURL: '/api' }, false],
  [{ url: '//elsewhere.org/', baseURL: '/api' }, false],
])('axios: %j', (config, isWanted) => {
  const headers = new Map<string, string>();
  const given = { ...config, headers: { set: (name: string, value: string) => headers.set(name, value) } };
  expect(axiosInterceptor(all.realtime)(given)).toBe(given);
  expect(headers.has(CONNECTION_HEADER)).toBe(isWanted);
});
