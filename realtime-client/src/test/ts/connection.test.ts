import { describe, expect, test, vi } from 'vitest';
import { UnauthorizedError } from '../../main/ts/types.js';
import { connected, settle, setup } from './fakes.js';

describe('states', () => {
  test('idle until the first subscription, then connecting, then connected', async () => {
    const { realtime, server, states } = setup();
    expect(realtime.state).toBe('idle');
    expect(server.connections).toEqual([]);
    realtime.subscribe('topic', () => {});
    await settle();
    expect(server.current.request.url).toBe('wss://example.org/realtime');
    server.current.accept();
    expect(states).toEqual(['connecting', 'connected']);
    expect(realtime.connectionId).toBe('session-wss://example.org/realtime');
  });

  test('a while after the last subscription it says goodbye, and the next one connects again', async () => {
    const { realtime, server, states, environment } = setup();
    const subscription = realtime.subscribe('topic', () => {});
    await settle();
    server.current.accept(0);
    subscription.unsubscribe();
    await environment.pass(29_000);
    expect(realtime.state).toBe('connected');
    expect(server.current.unsubscribed).toHaveLength(1);
    await environment.pass(2_000);
    expect(server.current.end).toBe('closed');
    expect(states).toEqual(['connecting', 'connected', 'idle']);
    expect(environment.timers).toBe(0);
    expect(environment.listeners.size).toBe(0);
    realtime.subscribe('topic', () => {});
    await settle();
    expect(server.connections).toHaveLength(2);
  });

  test('a subscription in the meantime keeps it', async () => {
    const { realtime, server, environment } = setup();
    const subscription = realtime.subscribe('topic', () => {});
    await settle();
    server.current.accept();
    subscription.unsubscribe();
    await environment.pass(20_000);
    realtime.subscribe('other', () => {});
    server.current.beat();
    await environment.pass(15_000);
    expect(realtime.state).toBe('connected');
  });

  test('close ends everything, and nothing is left behind', async () => {
    const { realtime, server, environment } = await connected();
    realtime.close();
    await environment.pass(60_000);
    expect(realtime.state).toBe('closed');
    expect(server.connections).toHaveLength(1);
    expect(server.current.end).toBe('closed');
    expect(environment.timers).toBe(0);
    expect(environment.listeners.size).toBe(0);
  });

  test('a lost connection is reconnecting, or offline if the browser says so', async () => {
    const { server, states, environment } = await connected();
    environment.online = false;
    server.current.listener.closed(1006, '');
    environment.online = true;
    await environment.tell('online');
    await environment.pass(1_000);
    server.current.accept();
    server.current.listener.closed(1006, '');
    expect(states).toEqual(['connecting', 'connected', 'offline', 'reconnecting', 'connected', 'reconnecting']);
  });

  test('a listener that throws harms nobody else', async () => {
    const { realtime, errors } = setup();
    const seen = vi.fn();
    realtime.on('state', () => {
      throw new Error('broken');
    });
    realtime.on('state', seen);
    realtime.subscribe('topic', () => {});
    await settle();
    expect(seen).toHaveBeenCalledWith('connecting');
    expect(errors).toEqual([new Error('broken')]);
  });
});

describe('backoff', () => {
  test('1, 2, 4, 8, 16, 30, 30 s', async () => {
    const { realtime, server, environment } = setup();
    const delays: (number | undefined)[] = [];
    realtime.on('disconnect', ({ retryIn }) => delays.push(retryIn));
    realtime.subscribe('topic', () => {});
    await settle();
    for (let i = 1; i <= 7; i++) {
      expect(server.connections).toHaveLength(i);
      server.current.listener.closed(1006, '');
      await environment.pass(delays.at(-1) ?? 0);
    }
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  test('full jitter: anything from nothing', async () => {
    const { realtime, server, environment } = setup();
    environment.chance = 0;
    let delay: number | undefined;
    realtime.on('disconnect', ({ retryIn }) => (delay = retryIn));
    realtime.subscribe('topic', () => {});
    await settle();
    server.current.listener.closed(1006, '');
    expect(delay).toBe(0);
  });

  test('begins anew only after a connection that lasted', async () => {
    const { realtime, server, environment } = setup();
    const delays: (number | undefined)[] = [];
    realtime.on('disconnect', ({ retryIn }) => delays.push(retryIn));
    realtime.subscribe('topic', () => {});
    for (const seconds of [1, 2, 3, 11, 1]) {
      await settle();
      server.current.accept();
      await environment.pass(seconds * 1_000);
      server.current.listener.closed(1006, '');
      await environment.pass(delays.at(-1) ?? 0);
    }
    expect(delays).toEqual([1_000, 2_000, 4_000, 1_000, 2_000]);
  });

  test('an attempt that hangs is given up', async () => {
    const { realtime, server, environment } = setup();
    realtime.subscribe('topic', () => {});
    await environment.pass(14_999);
    expect(server.connections).toHaveLength(1);
    await environment.pass(1_001);
    expect(server.connections[0]?.end).toBe('dropped');
    expect(server.connections).toHaveLength(2);
  });

  test('what an abandoned attempt says is ignored', async () => {
    const { realtime, server, environment } = setup();
    realtime.subscribe('topic', () => {});
    await environment.pass(16_000);
    const [first, second] = server.connections;
    first?.accept();
    expect(realtime.state).toBe('reconnecting');
    second?.accept();
    first?.listener.closed(4500, '');
    expect(realtime.state).toBe('connected');
  });
});

describe('the server says when', () => {
  test('going away: exactly then, and not earlier, whatever the page does', async () => {
    const { server, environment } = await connected();
    server.current.listener.closed(4000, 'going away, reconnect-after=7000');
    await environment.pass(2_000);
    await environment.tell('online');
    await environment.tell('visible');
    await environment.pass(4_900);
    expect(server.connections).toHaveLength(1);
    await environment.pass(100);
    expect(server.connections).toHaveLength(2);
  });

  test.each([4001, 4002, 4003, 4004, 4321, 4499, 1001, 1006, 1011, 1012])('%i: again', async (code) => {
    const { realtime, server, environment } = await connected();
    server.current.listener.closed(code, '');
    await environment.pass(1_000);
    expect(server.connections).toHaveLength(2);
    expect(realtime.state).toBe('reconnecting');
  });

  test.each([4500, 4501, 4502, 4777, 4999])('%i: never again, unless the page wants to', async (code) => {
    const { realtime, server, environment } = await connected();
    const seen = vi.fn();
    realtime.on('disconnect', seen);
    server.current.listener.closed(code, 'why');
    expect(seen).toHaveBeenCalledWith({ code, reason: 'why', retryIn: undefined });
    await environment.tell('online');
    await environment.pass(100_000);
    realtime.subscribe('other', () => {});
    await settle();
    expect(server.connections).toHaveLength(1);
    expect(realtime.state).toBe('closed');
    realtime.reconnect();
    await settle();
    expect(server.connections).toHaveLength(2);
    server.current.accept();
    expect(server.current.subscribed.map(({ destination }) => destination)).toEqual(['/realtime/topic', '/realtime/other']);
  });
});

test('a server that does not want this client: neither after the last subscription has ended, until the page wants to', async () => {
  const { realtime, server, environment } = setup();
  const subscription = realtime.subscribe('topic', () => {});
  await settle();
  server.current.listener.closed(4503, 'session ended');
  subscription.unsubscribe();
  await environment.pass(60_000);
  expect(realtime.state).toBe('closed');
  const other = realtime.subscribe('other', () => {});
  await settle();
  expect(server.connections).toHaveLength(1);
  other.unsubscribe();
  await environment.pass(1);
  // After a new login, when nothing is subscribed yet.
  realtime.reconnect();
  expect(realtime.state).toBe('idle');
  realtime.subscribe('next', () => {});
  await settle();
  expect(server.connections).toHaveLength(2);
});

describe('at once', () => {
  test.each(['online', 'visible', 'return'] as const)('%s', async (event) => {
    const { server, environment } = await connected();
    await environment.pass(15_000);
    server.current.listener.closed(1006, '');
    await environment.pass(1_000);
    server.current.listener.closed(1006, '');
    await environment.pass(2_000);
    server.current.listener.closed(1006, '');
    const before = server.connections.length;
    await environment.pass(1_000);
    expect(server.connections).toHaveLength(before);
    await environment.tell(event);
    await environment.pass(0);
    expect(server.connections).toHaveLength(before + 1);
  });

  test('but at most once a second', async () => {
    const { server, environment } = await connected();
    server.current.listener.closed(1006, '');
    for (let i = 0; i < 20; i++) {
      await environment.tell('visible');
      await environment.pass(100);
      server.current.listener.closed(1006, '');
    }
    expect(server.connections.length).toBeLessThanOrEqual(4);
  });

  test('though the clock was set back', async () => {
    const { server, environment } = await connected();
    environment.setClock(0);
    server.current.listener.closed(4000, 'going away, reconnect-after=7000');
    environment.setClock(-3_600_000);
    await environment.tell('online');
    await environment.pass(7_000);
    expect(server.connections).toHaveLength(2);
    server.current.accept();
    server.current.listener.closed(1006, '');
    environment.setClock(-7_200_000);
    await environment.tell('online');
    await environment.pass(1_000);
    expect(server.connections).toHaveLength(3);
  });

  test('after the machine slept, while waiting', async () => {
    const { server, environment } = await connected();
    for (let i = 0; i < 6; i++) {
      server.current.listener.closed(1006, '');
      await environment.pass(i === 5 ? 1_000 : 30_000);
    }
    const before = server.connections.length;
    await environment.sleep(20_000);
    await environment.pass(4_000);
    expect(server.connections).toHaveLength(before + 1);
  });
});

describe('a connection that is dead without knowing', () => {
  test('is noticed by its silence', async () => {
    const { realtime, server, environment } = await connected();
    await environment.pass(20_000);
    expect(realtime.state).toBe('connected');
    await environment.pass(7_000);
    expect(server.connections[0]?.end).toBe('dropped');
    expect(server.connections).toHaveLength(2);
  });

  test('is not, as long as anything arrives', async () => {
    const { server, environment } = await connected();
    for (let i = 0; i < 20; i++) {
      await environment.pass(10_000);
      server.current.beat();
    }
    expect(server.connections).toHaveLength(1);
  });

  test('is noticed at once after the machine slept', async () => {
    const { server, environment } = await connected();
    await environment.sleep(3_600_000);
    await environment.pass(1_000);
    expect(server.connections[0]?.end).toBe('dropped');
    expect(server.connections).toHaveLength(2);
  });

  test('has to prove itself with its next heart-beat once the network came back', async () => {
    const { server, environment } = await connected();
    await environment.pass(4_000);
    await environment.tell('online');
    await environment.pass(7_900);
    expect(server.connections).toHaveLength(1);
    await environment.pass(200);
    expect(server.connections).toHaveLength(2);
  });

  test('and stays if it does', async () => {
    const { server, environment } = await connected();
    await environment.pass(4_000);
    await environment.tell('online');
    await environment.pass(5_000);
    server.current.beat();
    await environment.pass(9_000);
    expect(server.connections).toHaveLength(1);
  });

  test('is not looked for where the server has no heart-beats', async () => {
    const { realtime, server, environment } = setup();
    realtime.subscribe('topic', () => {});
    await settle();
    server.current.accept(0);
    await environment.tell('online');
    await environment.pass(600_000);
    expect(server.connections).toHaveLength(1);
  });
});

describe('the back/forward cache', () => {
  test('a page that leaves has no connection, and has one again when it returns', async () => {
    const { server, environment, states } = await connected();
    await environment.pass(3_000);
    await environment.tell('leave');
    expect(server.current.end).toBe('dropped');
    await environment.tell('return');
    await environment.pass(0);
    server.current.accept();
    expect(server.connections).toHaveLength(2);
    expect(server.current.headersOf('topic')['since']).toBe('e-10');
    expect(states.slice(-2)).toEqual(['reconnecting', 'connected']);
  });
});

describe('tokens', () => {
  test('each attempt has a fresh one', async () => {
    let n = 0;
    const { realtime, server, environment } = setup({ token: () => Promise.resolve(`token-${++n}`) });
    realtime.subscribe('topic', () => {});
    await settle();
    server.current.listener.closed(1006, '');
    await environment.pass(1_000);
    expect(server.connections.map(({ request }) => request.headers['Authorization'])).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  test('one that expired on its way is replaced, once', async () => {
    const { realtime, server, environment } = setup({ token: () => 'token' });
    realtime.subscribe('topic', () => {});
    await settle();
    server.current.listener.closed(4501, 'unauthorized');
    await environment.pass(0);
    expect(server.connections).toHaveLength(2);
    server.current.listener.closed(4501, 'unauthorized');
    await environment.pass(60_000);
    expect(server.connections).toHaveLength(2);
    expect(realtime.state).toBe('closed');
  });

  test('a source that fails is asked again', async () => {
    const token = vi.fn().mockRejectedValueOnce(new Error('no network')).mockResolvedValue('token');
    const { realtime, server, environment } = setup({ token: token as () => Promise<string> });
    realtime.subscribe('topic', () => {});
    await environment.pass(1_000);
    expect(server.connections).toHaveLength(1);
  });

  test('a source that says no is not', async () => {
    const { realtime, server, environment } = setup({ token: () => Promise.reject(new UnauthorizedError('log in')) });
    const seen = vi.fn();
    realtime.on('disconnect', seen);
    realtime.subscribe('topic', () => {});
    await environment.pass(100_000);
    expect(server.connections).toHaveLength(0);
    expect(seen).toHaveBeenCalledTimes(1);
    expect(realtime.state).toBe('closed');
  });

  test('those of the starter come with where to connect', async () => {
    const requests: [string, RequestInit | undefined][] = [];
    const { realtime, server } = setup({
      tokens: true,
      fetch: (input, init) => {
        requests.push([String(input), init]);
        return Promise.resolve(Response.json({ token: 'abc', expiresAt: '2026-01-01T00:00:00Z', url: 'wss://example.org:9090/realtime' }));
      },
    });
    realtime.subscribe('topic', () => {});
    await settle();
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(requests.map(([url, init]) => [url, init?.method])).toEqual([['https://example.org/realtime/tokens/connection', 'POST']]);
    expect(server.current.request).toEqual({ url: 'wss://example.org:9090/realtime', headers: { Authorization: 'Bearer abc' } });
  });

  test.each([401, 403])('an answer of %i means that there is none', async (status) => {
    const { realtime, environment } = setup({ tokens: true, fetch: () => Promise.resolve(new Response('', { status })) });
    realtime.subscribe('topic', () => {});
    await environment.pass(100_000);
    expect(realtime.state).toBe('closed');
  });

  test.each([
    ['throws', () => { throw new Error('no list'); }],
    ['answers nothing', () => Promise.resolve(undefined)],
    ['answers too few', () => Promise.resolve([])],
  ])('a source for subscriptions that %s is asked again', async (_, wrong) => {
    const right = (requests: readonly unknown[]) => Promise.resolve(requests.map(() => ({ token: 'abc' })));
    const subscriptionTokens = vi.fn().mockImplementationOnce(wrong).mockImplementation(right);
    const { realtime, server, environment, errors } = setup({ subscriptionTokens });
    realtime.subscribe('a', () => {});
    await settle();
    server.current.accept();
    await settle();
    expect(errors).toHaveLength(1);
    expect(server.current.subscribed).toEqual([]);
    await environment.pass(2_000);
    expect(server.current.headersOf('a')).toMatchObject({ token: 'abc' });
  });

  test('all subscriptions get theirs with one request', async () => {
    const subscriptionTokens = vi.fn((requests: readonly { topic: string }[]) =>
      Promise.resolve(requests.map(({ topic }) => (topic === 'secret' ? { code: 'forbidden', detail: 'No' } : { token: `for-${topic}` }))),
    );
    const { realtime, server } = setup({ subscriptionTokens });
    const denied = vi.fn();
    realtime.subscribe('a', { id: 5 }, () => {});
    realtime.subscribe('b', () => {});
    realtime.subscribe('secret', () => {}).on('denied', denied);
    await settle();
    server.current.accept();
    await settle();
    expect(subscriptionTokens.mock.calls).toEqual([[[{ topic: 'a', filter: { id: 5 } }, { topic: 'b' }, { topic: 'secret' }]]]);
    expect(server.current.subscribed.map(({ headers }) => headers['token'])).toEqual(['for-a', 'for-b']);
    expect(denied).toHaveBeenCalledWith({ code: 'forbidden', detail: 'No' });
  });

  test('fresh ones after a reconnect, and again if the request fails', async () => {
    let n = 0;
    const subscriptionTokens = vi.fn((requests: readonly unknown[]) =>
      ++n === 2 ? Promise.reject(new Error('no network')) : Promise.resolve(requests.map(() => ({ token: `token-${n}` }))),
    );
    const { realtime, server, environment, errors } = setup({ subscriptionTokens });
    realtime.subscribe('a', () => {});
    await settle();
    server.current.accept();
    await settle();
    server.current.listener.closed(1006, '');
    await environment.pass(1_000);
    server.current.accept();
    await environment.pass(2_000);
    expect(errors).toEqual([new Error('no network')]);
    expect(server.connections.map((connection) => connection.subscribed.map(({ headers }) => headers['token']))).toEqual([['token-1'], ['token-3']]);
  });
});
