// @vitest-environment happy-dom
import axios, { type AxiosAdapter, type AxiosRequestConfig, type InternalAxiosRequestConfig } from 'axios';
import { beforeEach, describe, expect, test, vi } from 'vitest';
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

test.each([
  'https://elsewhere.org/api',
  '//elsewhere.org/',
  'https://example.org:8443/',
  'http://example.org/',
  'http://example.org:443/',
  'https://example.org@elsewhere.org/',
])('fetch of %s does not', async (url) => {
  await all.realtime.fetch(url);
  expect(header()).toBeNull();
});

test('a page whose links are relative to another site tells that site nothing', async () => {
  document.head.innerHTML = '<base href="https://elsewhere.org/">';
  await all.realtime.fetch('/api/contacts');
  expect(header()).toBeNull();
  await all.realtime.fetch('https://example.org/api');
  expect(header()).toBe(all.realtime.connectionId);
  document.head.innerHTML = '';
});

test('fetch takes a Request, too, and works on its own', async () => {
  const { fetch } = all.realtime;
  await fetch(new Request('https://example.org/api', { headers: { Accept: 'text/plain' } }));
  expect(header()).toBe(all.realtime.connectionId);
  expect(new Headers(fetched.mock.calls[0]?.[1]?.headers).get('accept')).toBe('text/plain');
});

test('of a page that is a file nothing is the own origin', async () => {
  (globalThis as unknown as { happyDOM: { setURL(url: string): void } }).happyDOM.setURL('file:///home/ada/page.html');
  await all.realtime.fetch('file:///home/ada/other.html');
  expect(header()).toBeNull();
});

describe('axios', () => {
  /** What axios would have sent. */
  async function sent(request: AxiosRequestConfig): Promise<InternalAxiosRequestConfig> {
    const adapter: AxiosAdapter = (config) => Promise.resolve({ config, data: '', status: 200, statusText: '', headers: {} });
    const instance = axios.create({ adapter });
    instance.interceptors.request.use(axiosInterceptor(all.realtime));
    return (await instance.request({ headers: { Accept: 'text/plain' }, ...request })).config;
  }

  test.each<[AxiosRequestConfig, boolean]>([
    [{ url: '/contacts' }, true],
    [{ url: 'contacts', baseURL: 'https://example.org/api' }, true],
    [{ url: '/contacts', baseURL: '/api' }, true],
    [{ baseURL: '/api' }, true],
    [{}, true],
    [{ url: 'https://example.org/x', baseURL: 'https://elsewhere.org' }, true],
    [{ url: '/contacts', baseURL: 'https://elsewhere.org' }, false],
    [{ url: 'https://elsewhere.org/', baseURL: '/api' }, false],
    [{ url: '//elsewhere.org/', baseURL: '/api' }, false],
    [{ url: 'http://example.org/', baseURL: '/api' }, false],
    [{ url: 'https://example.org/x', baseURL: 'https://elsewhere.org', allowAbsoluteUrls: false }, false],
  ])('%j', async (request, isWanted) => {
    const config = await sent(request);
    // Axios knows best where a request goes.
    const target = new URL(axios.getUri(config), location.href);
    expect(target.origin === location.origin).toBe(isWanted);
    expect(config.headers.get(CONNECTION_HEADER)).toBe(isWanted ? all.realtime.connectionId : undefined);
    expect(config.headers.get('accept')).toBe('text/plain');
  });
});
