import { expect, test, vi } from 'vitest';
import type { RealtimeOptions } from '../../main/ts/options.js';
import { UnauthorizedError } from '../../main/ts/types.js';
import { FakeConnection, settle, setup, type Setup } from './fakes.js';

const HOUR = 3_600_000;

/** A connection whose authentication lasts that long, with a source of tokens that says how often it was asked. */
async function authenticated(expiresIn: number, options: RealtimeOptions = {}): Promise<Setup & { readonly token: ReturnType<typeof vi.fn> }> {
  const token = vi.fn(() => `token-${token.mock.calls.length}`);
  const all = setup({ token, ...options });
  all.environment.chance = 0;
  all.realtime.subscribe('topic', () => {});
  await settle();
  // Without heart-beats of the server, so that a test need not send them.
  all.server.current.accept(0, expiresIn);
  await settle();
  token.mockClear();
  return { ...all, token };
}

function renewals({ sent }: FakeConnection): (string | undefined)[] {
  return sent.filter(({ destination }) => destination === '/realtime/@auth').map(({ headers }) => headers['Authorization']);
}

test('a fresh token is sent on the open connection before the old one expires, again and again', async () => {
  const { server, environment, token, states } = await authenticated(HOUR);
  await environment.pass(HOUR - 31_000);
  expect(token).not.toHaveBeenCalled();
  for (let i = 1; i <= 5; i++) {
    await environment.pass(6_000);
    expect(renewals(server.current)).toHaveLength(i);
    server.current.receipt({ 'expires-in': String(HOUR) });
    await environment.pass(HOUR - 36_000);
    expect(token).toHaveBeenCalledTimes(i);
  }
  expect(renewals(server.current)[0]).toBe('Bearer token-1');
  expect(server.connections).toHaveLength(1);
  expect(states).toEqual(['connecting', 'connected']);
});

test('pages that were opened together do not ask together', async () => {
  const asked: number[] = [];
  for (const chance of [0, 0.5, 0.999]) {
    const all = await authenticated(HOUR);
    all.environment.chance = chance;
    all.server.current.listener.closed(4000, 'going away, reconnect-after=0');
    await all.environment.pass(0);
    all.server.current.accept(0, HOUR);
    const start = all.environment.now();
    all.token.mockImplementation(() => asked.push(all.environment.now() - start) && 'token');
    await all.environment.pass(HOUR);
  }
  const [late = 0, middle = 0, early = 0] = asked;
  expect([late, middle, early].map((at) => Math.round((HOUR - at) / 5_000) * 5)).toEqual([30, 45, 55]);
});

test.each([
  ['a session', Number.POSITIVE_INFINITY, {}],
  ['what nobody understands', Number.NaN, {}],
  ['a token that the page has no fresh ones of', 60_000, { token: undefined, headers: { Authorization: 'Bearer fixed' } }],
])('nothing happens with %s', async (_, expiresIn, options) => {
  const { server, environment, token } = await authenticated(expiresIn, options);
  await environment.pass(24 * HOUR);
  expect(token).not.toHaveBeenCalled();
  expect(server.current.sent).toEqual([]);
  expect(server.connections).toHaveLength(1);
});

test('a token for months is no token for a moment', async () => {
  const month = 30 * 24 * HOUR;
  const { environment, token } = await authenticated(month);
  await environment.sleep(month - 40_000);
  await environment.pass(5_000);
  expect(token).not.toHaveBeenCalled();
  await environment.pass(10_000);
  expect(token).toHaveBeenCalledTimes(1);
});

test('after sleep it is made up for at once', async () => {
  const { server, environment, token } = await authenticated(HOUR);
  await environment.pass(60_000);
  await environment.sleep(HOUR - 70_000);
  expect(token).toHaveBeenCalledTimes(1);
  expect(renewals(server.current)).toEqual(['Bearer token-1']);
});

test('a connection that sleep has ended is made anew, and nothing is sent on it', async () => {
  const { realtime, server, environment, token } = await authenticated(HOUR);
  server.current.listener.closed(1006, '');
  await environment.pass(0);
  const connection = server.current;
  connection.accept(10_000, HOUR);
  await environment.pass(5_000);
  token.mockClear();
  await environment.sleep(2 * HOUR);
  await environment.pass(1_000);
  expect(connection.end).toBe('dropped');
  expect(renewals(connection)).toEqual([]);
  expect(token).toHaveBeenCalledTimes(1);
  expect(realtime.state).toBe('reconnecting');
});

test('in hidden tabs, whose timers are slow, heart-beats are occasion enough', async () => {
  const { server, environment } = await authenticated(60_000);
  vi.spyOn(environment, 'setTimeout').mockReturnValue(undefined);
  await environment.pass(58_000);
  expect(renewals(server.current)).toEqual([]);
  server.current.beat();
  await settle();
  expect(renewals(server.current)).toHaveLength(1);
});

test('the tokens of the starter: another one of its endpoint, on the same connection', async () => {
  const asked: string[] = [];
  const { realtime, server, environment } = setup({
    tokens: true,
    subscriptionTokens: false,
    fetch: (url) => Promise.resolve(Response.json({ token: `abc-${asked.push(String(url))}`, url: 'wss://elsewhere.org/realtime' })),
  });
  realtime.subscribe('topic', () => {});
  await vi.waitFor(() => expect(server.connections).toHaveLength(1));
  server.current.accept(0, 60_000);
  await environment.pass(60_000);
  await vi.waitFor(() => expect(renewals(server.current)).toEqual(['Bearer abc-2']));
  expect(asked).toEqual(Array(2).fill('https://example.org/realtime/tokens/connection'));
  expect(server.connections).toHaveLength(1);
});

/** Lets a connection come to its end, and answers how often a token was asked for until then. */
async function untilTheEnd({ server, environment, token }: Awaited<ReturnType<typeof authenticated>>): Promise<number> {
  await environment.pass(70_000);
  const asked = token.mock.calls.length;
  await environment.pass(HOUR);
  expect(token).toHaveBeenCalledTimes(asked);
  expect(server.connections).toHaveLength(1);
  server.current.listener.closed(4007, 'authentication expired');
  await environment.pass(1_000);
  expect(server.connections).toHaveLength(2);
  expect(server.current.request.headers['Authorization']).toBe(`Bearer token-${asked + 1}`);
  return asked;
}

test('a server that refuses is asked a few times more; then it ends the connection, and there is another one', async () => {
  const all = await authenticated(60_000);
  const send = vi.spyOn(all.server.current, 'send').mockImplementation((_, { receipt }) => {
    all.server.current.listener.receipt({ 'receipt-id': receipt, 'realtime-control': 'denied', code: 'token-invalid' });
  });
  const asked = await untilTheEnd(all);
  expect(asked).toBeGreaterThan(1);
  expect(asked).toBeLessThan(6);
  expect(send).toHaveBeenCalledTimes(asked);
  expect(all.errors).toEqual([]);
});

test('a source that fails: the same', async () => {
  const all = await authenticated(60_000);
  all.token.mockImplementation(() => {
    if (all.server.connections.length === 1 && all.environment.now() < 1_000_000 + HOUR) {
      throw new Error('no network');
    }
    return `token-${all.token.mock.calls.length}`;
  });
  expect(await untilTheEnd(all)).toBeLessThan(6);
  expect(all.server.connections[0]?.sent).toEqual([]);
  expect(all.errors).toEqual([]);
});

test('a source that has no fresher token: the same, until it has one', async () => {
  const all = await authenticated(60_000);
  const end = all.environment.now() + 60_000;
  vi.spyOn(all.server.current, 'send').mockImplementation((_, { receipt }) => {
    all.server.current.listener.receipt({ 'receipt-id': receipt, 'expires-in': String(Math.max(0, end - all.environment.now())) });
  });
  expect(await untilTheEnd(all)).toBeLessThan(6);
});

test('a source that says that there is none is not asked again', async () => {
  const { realtime, server, environment, token } = await authenticated(60_000);
  token.mockImplementation(() => {
    throw new UnauthorizedError('log in');
  });
  await environment.pass(HOUR);
  expect(token).toHaveBeenCalledTimes(1);
  expect(realtime.state).toBe('connected');
  server.current.listener.closed(4007, 'authentication expired');
  await environment.pass(1_000);
  expect(token).toHaveBeenCalledTimes(2);
  expect(realtime.state).toBe('closed');
});

test.each([1, 100, 2_000])('tokens for %i ms are asked for once in five seconds', async (expiresIn) => {
  const { server, environment, token } = await authenticated(expiresIn);
  vi.spyOn(server.current, 'send').mockImplementation((_, { receipt }) => {
    server.current.listener.receipt({ 'receipt-id': receipt, 'expires-in': String(expiresIn) });
  });
  for (let i = 0; i < 600; i++) {
    await environment.pass(100);
    server.current.listener.activity();
  }
  expect(token.mock.calls.length).toBeGreaterThan(10);
  expect(token.mock.calls.length).toBeLessThanOrEqual(12);
});

test('attempts that fail are as far from each other', async () => {
  const { server, environment, token } = await authenticated(60_000);
  const times: number[] = [];
  token.mockImplementation(() => {
    times.push(environment.now());
    throw new Error('no network');
  });
  for (let i = 0; i < 600; i++) {
    await environment.pass(100);
    server.current.listener.activity();
  }
  expect(times.length).toBeGreaterThan(1);
  expect(Math.min(...times.slice(1).map((time, i) => time - (times[i] ?? 0)))).toBeGreaterThanOrEqual(5_000);
});

test('what the server takes although it has expired is not asked for again', async () => {
  const { server, environment, token } = await authenticated(60_000);
  await environment.pass(55_000);
  server.current.receipt({ 'expires-in': '0' });
  await environment.pass(HOUR);
  expect(token).toHaveBeenCalledTimes(1);
});

test('a token that comes when the connection has gone is not sent on the next one', async () => {
  const all = await authenticated(60_000);
  let give = (_: string): void => {};
  all.token.mockImplementationOnce(() => new Promise<string>((resolve) => (give = resolve)));
  await all.environment.pass(55_000);
  all.server.current.listener.closed(1006, '');
  await all.environment.pass(1_000);
  all.server.current.accept(0, HOUR);
  give('late');
  await settle();
  expect(all.server.connections).toHaveLength(2);
  expect(all.server.connections.flatMap(renewals)).toEqual([]);
});

test('a token of somebody else ends the connection, and the next one is theirs', async () => {
  const { realtime, server, environment } = await authenticated(60_000);
  await environment.pass(60_000);
  server.current.listener.closed(4501, 'unauthorized');
  await environment.pass(0);
  server.current.accept();
  expect(server.connections).toHaveLength(2);
  expect(realtime.state).toBe('connected');
});

test('after the end nothing is asked for', async () => {
  const { realtime, environment, token } = await authenticated(60_000);
  realtime.close();
  await environment.pass(HOUR);
  expect(token).not.toHaveBeenCalled();
  expect(environment.timers).toBe(0);
});
