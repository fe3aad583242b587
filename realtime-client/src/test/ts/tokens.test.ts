// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from 'vitest';
import { csrfHeader, TokenEndpoint } from '../../main/ts/tokens.js';
import { UnauthorizedError } from '../../main/ts/types.js';

const HERE = 'http://localhost:3000/realtime/tokens';

beforeEach(() => {
  location.href = 'http://localhost:3000/page';
  document.head.innerHTML = '';
  document.cookie = 'XSRF-TOKEN=; max-age=0';
});

afterEach(() => {
  document.cookie = 'XSRF-TOKEN=; max-age=0';
});

function meta(values: Record<string, string>): void {
  document.head.innerHTML = Object.entries(values)
    .map(([name, content]) => `<meta name="${name}" content="${content}">`)
    .join('');
}

test.each([
  [{ _csrf: 'abc', _csrf_header: 'X-MY-TOKEN' }, { 'X-MY-TOKEN': 'abc' }],
  [{ 'csrf-token': 'abc', 'csrf-header': 'X-MY-TOKEN' }, { 'X-MY-TOKEN': 'abc' }],
  [{ _csrf: 'abc' }, { 'X-CSRF-TOKEN': 'abc' }],
  [{}, {}],
])('the CSRF token of the meta tags %o', (tags, header) => {
  meta(tags);
  expect(csrfHeader(HERE)).toEqual(header);
});

test('the CSRF token of the cookie', () => {
  document.cookie = 'XSRF-TOKEN=a%20b';
  expect(csrfHeader(HERE)).toEqual({ 'X-XSRF-TOKEN': 'a b' });
});

test.each(['https://evil.example/realtime', '//evil.example/', 'https://localhost:3000/realtime', 'wss://localhost:3000/realtime', 'http://localhost/'])(
  'another origin does not get it: %s',
  (url) => {
    meta({ _csrf: 'abc' });
    expect(csrfHeader(url)).toEqual({});
  },
);

test('the own origin gets it, also for a WebSocket, and whatever <base> says', () => {
  meta({ _csrf: 'abc' });
  expect(csrfHeader('ws://localhost:3000/realtime')).toEqual({ 'X-CSRF-TOKEN': 'abc' });
  expect(csrfHeader('/realtime/tokens')).toEqual({ 'X-CSRF-TOKEN': 'abc' });
  document.head.innerHTML += '<base href="https://evil.example/">';
  expect(csrfHeader('/realtime/tokens')).toEqual({});
  expect(csrfHeader(HERE)).toEqual({ 'X-CSRF-TOKEN': 'abc' });
});

test('a request for tokens, and what it answers', async () => {
  meta({ _csrf: 'abc' });
  const requests: [string, RequestInit | undefined][] = [];
  const endpoint = new TokenEndpoint(`${HERE}/`, (input, init) => {
    requests.push([String(input), init]);
    return Promise.resolve(Response.json({ subscriptions: [{ topic: 'a', token: 't' }] }));
  });
  expect(await endpoint.subscriptions([{ topic: 'a', filter: { id: 5 } }])).toEqual([{ topic: 'a', token: 't' }]);
  expect(requests).toEqual([
    [
      `${HERE}/subscription`,
      {
        method: 'POST',
        credentials: 'include',
        headers: { Accept: 'application/json', 'Content-Type': 'application/json', 'X-CSRF-TOKEN': 'abc' },
        body: '{"subscriptions":[{"topic":"a","filter":{"id":5}}]}',
      },
    ],
  ]);
});

test.each([
  [401, UnauthorizedError],
  [403, UnauthorizedError],
  [503, Error],
])('status %i', async (status, type) => {
  const endpoint = new TokenEndpoint(HERE, () => Promise.resolve(new Response('', { status })));
  await expect(endpoint.connection()).rejects.toThrow(type);
  await expect(endpoint.connection()).rejects.toThrow(`POST ${HERE}/connection answered ${status}`);
});

test('a page instead of tokens: who was led to that of the log-in gets none', async () => {
  const page = new Response('<html>', { headers: { 'Content-Type': 'text/html' } });
  const endpoint = new TokenEndpoint(HERE, () => Promise.resolve(page));
  await expect(endpoint.connection()).rejects.toThrow('answered with something else than JSON');
  Object.defineProperties(page, { redirected: { value: true }, url: { value: 'http://localhost:3000/login' } });
  const refusal = endpoint.connection();
  await expect(refusal).rejects.toThrow(UnauthorizedError);
  await expect(refusal).rejects.toThrow('led to http://localhost:3000/login: log in again');
});
