import { describe, expect, test, vi } from 'vitest';
import { type DataMessage, type Message, SubscriptionError } from '../../main/ts/index.js';
import { connected, reconnect, settle, setup, type Setup } from './fakes.js';

describe('on the wire', () => {
  test('has a receipt, the filter and the replay asked for', async () => {
    const { realtime, server } = setup();
    realtime.subscribe('contact.updated', { id: [7, 5, 5], by: 'bob' }, () => {}, { replay: 'none' });
    await settle();
    server.current.accept();
    const { headers, destination } = server.current.subscribed[0] ?? { headers: {}, destination: '' };
    expect(destination).toBe('/realtime/contact.updated');
    expect(headers).toEqual({ id: headers['id'], receipt: `${headers['id']}.1`, filter: '{"by":"bob","id":[5,7]}', replay: 'none' });
  });

  test('has the same id on every page', async () => {
    const ids = await Promise.all(
      [{ a: 1, b: [1, 2] }, { b: [2, 1, 1], a: 1 }].map(async (filter) => {
        const { realtime, server } = setup();
        realtime.subscribe('topic', filter, () => {});
        await settle();
        server.current.accept();
        return server.current.headersOf('topic')['id'];
      }),
    );
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).toMatch(/^[a-z0-9]{1,11}$/);
  });

  test('differs for filters that differ', async () => {
    const { realtime, server } = setup();
    for (const filter of [{ id: 5 }, { id: '5' }, { id: null }, { id: [5] }, undefined, { id: true }]) {
      realtime.subscribe('topic', filter, () => {});
    }
    realtime.subscribe('topic', undefined, () => {}, { replay: 'none' });
    await settle();
    server.current.accept();
    expect(new Set(server.current.subscribed.map(({ headers }) => headers['id'])).size).toBe(7);
  });

  test('equal ones are one, until the last is gone', async () => {
    const { realtime, server, environment } = setup();
    const [a, b] = [vi.fn(), vi.fn()];
    const first = realtime.subscribe('topic', { id: 5 }, a);
    const second = realtime.subscribe('topic', { id: 5 }, b);
    await settle();
    server.current.accept();
    server.current.live('topic');
    server.current.message('topic', 1);
    expect(server.current.subscribed).toHaveLength(1);
    expect(a).toHaveBeenCalledTimes(1);
    expect(b).toHaveBeenCalledTimes(1);
    first.unsubscribe();
    first.unsubscribe();
    await environment.pass(1);
    server.current.message('topic', 2);
    expect(a).toHaveBeenCalledTimes(1);
    expect(b).toHaveBeenCalledTimes(2);
    expect(server.current.unsubscribed).toEqual([]);
    second.unsubscribe();
    await environment.pass(1);
    expect(server.current.unsubscribed).toEqual([server.current.headersOf('topic')['id']]);
    expect(realtime.subscriptionCount).toBe(0);
  });

  test('one that ends before it was sent is never sent', async () => {
    const { realtime, server, environment } = setup();
    realtime.subscribe('topic', () => {}).unsubscribe();
    await environment.pass(1);
    server.current.accept();
    expect(server.current.subscribed).toEqual([]);
  });

  test('the receipt of one that has ended does not make the next one live', async () => {
    const { realtime, server, environment } = await connected();
    realtime.subscribe('again', () => {}).unsubscribe();
    const first = realtime.subscribe('again', () => {});
    await environment.pass(1);
    const old = server.current.headersOf('again')['receipt'];
    first.unsubscribe();
    await environment.pass(1);
    const second = realtime.subscribe('again', () => {});
    await settle();
    server.current.listener.receipt({ 'receipt-id': old, position: 'e-1' });
    expect(second.state).toBe('pending');
    // What is said of where the first one was does not count for the second.
    server.current.position('again', 'e-1');
    server.current.live('again', 'e-2');
    expect(second.state).toBe('live');
    server.current.listener.closed(1006, '');
    await environment.pass(1_000);
    server.current.accept();
    await settle();
    expect(server.current.headersOf('again')).not.toHaveProperty('since');
  });

  test('one that ends and begins anew at once does not go to the server', async () => {
    const { realtime, server, environment } = await connected();
    const subscription = realtime.subscribe('other', () => {});
    await settle();
    subscription.unsubscribe();
    realtime.subscribe('other', () => {});
    await environment.pass(1);
    expect(server.current.subscribed.filter(({ destination }) => destination.endsWith('other'))).toHaveLength(1);
    expect(server.current.unsubscribed).toEqual([]);
  });
});

describe('a callback', () => {
  test('gets the data and the message', async () => {
    const { realtime, server } = await connected();
    const seen = vi.fn();
    realtime.subscribe('contact.updated', seen);
    await settle();
    server.current.live('contact.updated', 'e-6');
    server.current.message('contact.updated', 7, { id: 5 }, { timestamp: '1790000000000', event: 'renamed' });
    expect(seen.mock.calls).toEqual([
      [
        { id: 5 },
        {
          topic: 'contact.updated',
          data: { id: 5 },
          position: 'e-7',
          timestamp: 1790000000000,
          event: 'renamed',
          replay: false,
          recovered: false,
          ephemeral: false,
          from: undefined,
        },
      ],
    ]);
  });

  test('that throws, or whose promise is rejected, harms nobody else and is reported', async () => {
    const { realtime, server, errors } = await connected();
    const seen = vi.fn();
    realtime.subscribe('other', () => {
      throw new Error('thrown');
    });
    realtime.subscribe('other', () => Promise.reject(new Error('rejected')));
    realtime.subscribe('other', seen);
    await settle();
    server.current.live('other');
    server.current.message('other', 1);
    server.current.message('other', 2);
    await settle();
    expect(seen).toHaveBeenCalledTimes(2);
    expect(errors.map(String).sort()).toEqual(['Error: rejected', 'Error: rejected', 'Error: thrown', 'Error: thrown']);
  });

  test('that throws harms nobody else, though what it is reported to throws as well', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const onError = vi.fn(() => {
      throw new Error('broken, too');
    });
    const { realtime, server, environment } = await connected({ onError });
    const seen = vi.fn();
    const throwing = vi.fn(() => {
      throw new Error('broken');
    });
    realtime.subscribe('a', throwing, { coalesce: 10 });
    realtime.subscribe('a', seen);
    await settle();
    server.current.live('a');
    for (let i = 1; i <= 3; i++) {
      server.current.message('a', i, i);
      await environment.pass(100);
    }
    expect([throwing, seen, onError].map(({ mock }) => mock.calls.length)).toEqual([3, 3, 3]);
    vi.restoreAllMocks();
  });

  test('that ends the subscription is not called again', async () => {
    const { realtime, server } = await connected();
    const seen = vi.fn(() => subscription.unsubscribe());
    const subscription = realtime.subscribe('other', seen);
    await settle();
    server.current.live('other');
    server.current.message('other', 1);
    server.current.message('other', 2);
    expect(seen).toHaveBeenCalledTimes(1);
  });

  test('never gets a message twice', async () => {
    const { server, received } = await connected();
    for (const offset of [11, 12, 12, 11, 13, 12]) {
      server.current.message('topic', offset, offset);
    }
    server.current.message('topic', 0, 'new epoch', { 'message-id': 'f-1' });
    server.current.message('topic', 0, 'new epoch', { 'message-id': 'f-1' });
    expect(received).toEqual([11, 12, 13, 'new epoch']);
  });
});

describe('ready and state', () => {
  test('live once the server says so, pending while the connection is away', async () => {
    const all = setup();
    const subscription = all.realtime.subscribe('topic', () => {});
    const states: string[] = [];
    subscription.on('state', (state) => states.push(state));
    await settle();
    all.server.current.accept();
    expect(subscription.state).toBe('pending');
    all.server.current.live('topic');
    await subscription.ready;
    await reconnect(all);
    all.server.current.live('topic');
    expect(states).toEqual(['live', 'pending', 'live']);
  });

  test('denied: the event, and ready is rejected', async () => {
    const { realtime, server, environment } = await connected();
    const subscription = realtime.subscribe('secret', () => {});
    const denied = vi.fn();
    subscription.on('denied', denied);
    await settle();
    server.current.control('secret', 'denied', 'forbidden');
    expect(denied).toHaveBeenCalledWith({ code: 'forbidden', detail: 'the detail of forbidden' });
    expect(subscription.state).toBe('denied');
    await expect(subscription.ready).rejects.toThrow(SubscriptionError);
    await expect(subscription.ready).rejects.toThrow('Subscription to secret: the detail of forbidden (forbidden)');
    await environment.pass(1);
    expect(server.current.unsubscribed).toEqual([]);
    expect(realtime.subscriptionCount).toBe(1);
  });

  test('a new attempt after a denial asks the server again', async () => {
    const { realtime, server } = await connected();
    realtime.subscribe('secret', () => {});
    await settle();
    server.current.control('secret', 'denied', 'forbidden');
    const again = realtime.subscribe('secret', () => {});
    await settle();
    server.current.live('secret');
    await again.ready;
    expect(server.current.subscribed.filter(({ destination }) => destination.endsWith('secret'))).toHaveLength(2);
  });

  test.each(['unavailable', 'rate-limited'])('denied with %s: again after a while, and nobody is told', async (code) => {
    const { realtime, server, environment } = await connected();
    const subscription = realtime.subscribe('busy', () => {});
    await settle();
    server.current.control('busy', 'denied', code);
    expect(subscription.state).toBe('pending');
    await environment.pass(900);
    expect(server.current.subscribed).toHaveLength(2);
    await environment.pass(2_000);
    expect(server.current.subscribed).toHaveLength(3);
    server.current.live('busy');
    await subscription.ready;
  });

  test('100 that are rate-limited: all at once again, when the server wants that', async () => {
    const { realtime, server, environment } = await connected();
    for (let i = 0; i < 100; i++) {
      realtime.subscribe(`busy.${i}`, () => {});
    }
    await settle();
    for (let i = 0; i < 100; i++) {
      server.current.control(`busy.${i}`, 'denied', 'rate-limited', { 'retry-after': '5000' });
    }
    realtime.subscribe('other', () => {});
    await environment.pass(4_900);
    expect(server.current.subscribed).toHaveLength(102);
    await environment.pass(1_200);
    expect(server.current.subscribed).toHaveLength(202);
  });

  test('denied at first for another reason: not again before the server wants that', async () => {
    const { realtime, server, environment } = await connected();
    environment.chance = 0;
    realtime.subscribe('away', () => {});
    realtime.subscribe('busy', () => {});
    await settle();
    server.current.control('away', 'denied', 'unavailable');
    server.current.control('busy', 'denied', 'rate-limited', { 'retry-after': '5000' });
    await environment.pass(4_900);
    expect(server.current.subscribed).toHaveLength(3);
    await environment.pass(100);
    expect(server.current.subscribed).toHaveLength(5);
  });

  test('what was to be tried again later is tried at once by the next connection, and only once', async () => {
    const all = await connected();
    all.realtime.subscribe('busy', () => {});
    await settle();
    all.server.current.control('busy', 'denied', 'rate-limited', { 'retry-after': '60000' });
    const timers = all.environment.timers;
    all.server.current.listener.closed(1006, '');
    // Instead of the one that would have tried again there is that of the reconnect.
    expect(all.environment.timers).toBe(timers);
    await all.environment.pass(1_000);
    all.server.current.accept();
    await settle();
    all.server.current.control('busy', 'denied', 'unavailable');
    await all.environment.pass(3_000);
    expect(all.server.current.subscribed.filter(({ destination }) => destination.endsWith('busy'))).toHaveLength(2);
  });

  test('revoked: the event, and it is not restored', async () => {
    const all = await connected();
    const seen = vi.fn();
    const revoked = vi.fn();
    const subscription = all.realtime.subscribe('other', seen);
    subscription.on('revoked', revoked);
    await settle();
    all.server.current.live('other');
    all.server.current.control('other', 'revoked', 'forbidden');
    expect(revoked).toHaveBeenCalledTimes(1);
    expect(subscription.state).toBe('revoked');
    await reconnect(all);
    expect(all.server.current.subscribed.map(({ destination }) => destination)).toEqual(['/realtime/topic']);
    expect(seen).not.toHaveBeenCalled();
  });

  test('revoked because the node can not tell: again, with a fresh token', async () => {
    let n = 0;
    const all = await connected({ subscriptionTokens: (requests) => Promise.resolve(requests.map(() => ({ token: `token-${++n}` }))) });
    const subscription = all.realtime.subscribe('other', () => {});
    await settle();
    all.server.current.live('other');
    all.server.current.control('other', 'revoked', 'token-required');
    expect(subscription.state).toBe('pending');
    await all.environment.pass(3_000);
    all.server.current.live('other');
    expect(subscription.state).toBe('live');
    expect(all.server.current.headersOf('other')['token']).toBe('token-3');
  });

  test('permission withdrawn while away: denied', async () => {
    const all = await connected();
    const subscription = all.realtime.subscribe('other', () => {});
    const denied = vi.fn();
    subscription.on('denied', denied);
    await settle();
    all.server.current.live('other');
    await reconnect(all);
    all.server.current.control('other', 'denied', 'forbidden');
    expect(denied).toHaveBeenCalledTimes(1);
    expect(subscription.state).toBe('denied');
  });

  test('ended by the page before it was live: ready is rejected, and nobody has to look', async () => {
    const { realtime } = setup();
    const subscription = realtime.subscribe('topic', () => {});
    subscription.unsubscribe();
    await expect(subscription.ready).rejects.toThrow('The page has ended it');
    expect(subscription.state).toBe('ended');
  });

  test('using, and an AbortSignal', async () => {
    const { realtime, environment } = setup();
    {
      using subscription = realtime.subscribe('a', () => {});
      expect(subscription.state).toBe('pending');
    }
    const controller = new AbortController();
    const other = realtime.subscribe('b', () => {}, { signal: controller.signal });
    expect(realtime.subscribe('c', () => {}, { signal: AbortSignal.abort() }).state).toBe('ended');
    controller.abort();
    expect(other.state).toBe('ended');
    await environment.pass(1);
    expect(realtime.subscriptionCount).toBe(0);
  });
});

describe('a late joiner', () => {
  async function two(options: { replay?: 'last' | 'none' } = {}): Promise<{
    messages: Message[];
    all: Setup;
    join: () => Promise<Message[]>;
  }> {
    const all = await connected();
    const messages: Message[] = [];
    all.realtime.subscribe('late', undefined, (_, message) => messages.push(message), options);
    await settle();
    return {
      messages,
      all,
      join: async () => {
        const joined: Message[] = [];
        all.realtime.subscribe('late', undefined, (_, message) => joined.push(message), options);
        await settle();
        return joined;
      },
    };
  }

  test('gets the newest message as its replay', async () => {
    const { all, join } = await two();
    all.server.current.live('late', 'e-5');
    all.server.current.message('late', 4, 4, { replay: 'true' });
    all.server.current.message('late', 6, 6);
    const joined = await join();
    expect(joined).toMatchObject([{ data: 6, replay: true, position: 'e-6' }]);
    expect(all.server.current.subscribed).toHaveLength(2);
    all.server.current.message('late', 7, 7);
    expect(joined).toMatchObject([{ data: 6 }, { data: 7, replay: false }]);
  });

  test('gets nothing that is older than what it has got already', async () => {
    const { all } = await two({ replay: 'last' });
    all.server.current.live('late', 'e-5');
    const joined: unknown[] = [];
    const first = all.realtime.subscribe(
      'late',
      () => {
        first.unsubscribe();
        all.realtime.subscribe('late', (data) => joined.push(data), { replay: 'last' });
      },
      { replay: 'last' },
    );
    await settle();
    // Two frames in one WebSocket message.
    all.server.current.message('late', 6, 6);
    all.server.current.message('late', 7, 7);
    await settle();
    expect(joined).toEqual([7]);
  });

  test('gets it while the connection is away', async () => {
    const { all, join } = await two({ replay: 'last' });
    all.server.current.live('late', 'e-5');
    all.server.current.message('late', 6, 6);
    all.server.current.listener.closed(1006, '');
    expect(await join()).toMatchObject([{ data: 6, replay: true }]);
  });

  test('gets none if there was none', async () => {
    const { all, join } = await two();
    all.server.current.live('late', 'e-0');
    all.server.current.beat();
    expect(await join()).toEqual([]);
    expect(all.server.current.subscribed).toHaveLength(2);
  });

  test('gets none where nobody wants any', async () => {
    const { all, join } = await two({ replay: 'none' });
    all.server.current.live('late', 'e-5');
    all.server.current.message('late', 6, 6);
    expect(await join()).toEqual([]);
    expect(all.server.current.subscribed).toHaveLength(2);
  });

  test('asks the server where it does not know whether the topic replays, and remembers the answer', async () => {
    const { all, join } = await two();
    all.server.current.live('late', 'e-5');
    all.server.current.message('late', 6, 6);
    const joined = await join();
    expect(all.server.current.subscribed).toHaveLength(3);
    all.server.current.live('late', 'e-6');
    all.server.current.beat();
    expect(joined).toEqual([]);
    expect(await join()).toEqual([]);
    expect(all.server.current.subscribed).toHaveLength(3);
  });

  test('asks the server after a gap', async () => {
    const { all, join } = await two({ replay: 'last' });
    all.server.current.live('late', 'e-5');
    all.server.current.message('late', 6, 6);
    all.server.current.control('late', 'gap', 'history-lost');
    await join();
    expect(all.server.current.subscribed).toHaveLength(3);
  });
});

describe('after a reconnect', () => {
  test('everything is restored from its last position, and nothing is delivered twice', async () => {
    const all = await connected();
    const { received } = all;
    all.server.current.message('topic', 11, 11);
    all.server.current.message('topic', 12, 12);
    await reconnect(all);
    expect(all.server.current.headersOf('topic')).toMatchObject({ since: 'e-12' });
    expect(all.server.current.headersOf('topic')).not.toHaveProperty('replay');
    all.server.current.live('topic', 'e-14', { recovered: 'true' });
    all.server.current.message('topic', 12, 12, { recovered: 'true' });
    all.server.current.message('topic', 13, 13, { recovered: 'true' });
    all.server.current.message('topic', 15, 15);
    expect(received).toEqual([11, 12, 13, 15]);
  });

  test('a connection that breaks before all was recovered goes on from what was', async () => {
    const all = await connected();
    await reconnect(all);
    all.server.current.live('topic', 'e-20', { recovered: 'true' });
    all.server.current.message('topic', 13, 13, { recovered: 'true' });
    await reconnect(all);
    expect(all.server.current.headersOf('topic')['since']).toBe('e-13');
  });

  test('a connection that breaks right after the receipt goes on from before', async () => {
    const all = await connected();
    await reconnect(all);
    all.server.current.live('topic', 'e-20', { recovered: 'true' });
    await reconnect(all);
    expect(all.server.current.headersOf('topic')['since']).toBe('e-10');
  });

  test('a heart-beat means that all was recovered, also what the filter kept back', async () => {
    const all = await connected();
    await reconnect(all);
    all.server.current.live('topic', 'e-500', { recovered: 'true' });
    all.server.current.message('topic', 13, 13, { recovered: 'true' });
    all.server.current.beat();
    await reconnect(all);
    expect(all.server.current.headersOf('topic')['since']).toBe('e-500');
  });

  test('a filter that lets nothing pass does not lose the position', async () => {
    const all = await connected();
    all.server.current.message('topic', 11, 11);
    all.server.current.position('topic', 'e-400');
    await reconnect(all);
    expect(all.server.current.headersOf('topic')['since']).toBe('e-400');
    all.server.current.live('topic', 'e-500', { recovered: 'true' });
    all.server.current.message('topic', 450, 450, { recovered: 'true' });
    all.server.current.position('topic', 'e-500');
    all.server.current.message('topic', 501, 501);
    await reconnect(all);
    expect(all.server.current.headersOf('topic')['since']).toBe('e-501');
    expect(all.received).toEqual([11, 450, 501]);
  });

  test('a replay that did not come is asked for again', async () => {
    const all = setup();
    all.realtime.subscribe('topic', undefined, () => {}, { replay: 'last' });
    await settle();
    all.server.current.accept();
    all.server.current.live('topic', 'e-10');
    await reconnect(all);
    expect(all.server.current.headersOf('topic')).toMatchObject({ replay: 'last' });
    all.server.current.live('topic', 'e-10');
    all.server.current.message('topic', 9, 9, { replay: 'true' });
    await reconnect(all);
    expect(all.server.current.headersOf('topic')).toMatchObject({ since: 'e-10' });
  });

  test('a connection that breaks before it was clear what comes first: what may have been missed is a gap', async () => {
    const all = setup();
    const received: unknown[] = [];
    all.realtime.subscribe('topic', (data, { gap }) => received.push(gap?.code ?? data));
    await settle();
    all.server.current.accept();
    all.server.current.live('topic', 'e-10');
    await reconnect(all);
    all.server.current.live('topic', 'e-12');
    all.server.current.message('topic', 12, 12, { replay: 'true' });
    all.server.current.message('topic', 13, 13);
    expect(received).toEqual(['history-lost', 12, 13]);
  });

  test('what subscribed meanwhile is live too', async () => {
    const all = await connected();
    all.server.current.listener.closed(1006, '');
    const other = all.realtime.subscribe('other', () => {});
    await all.environment.pass(30_000);
    all.server.current.accept();
    await settle();
    all.server.current.live('other');
    await other.ready;
  });

  test('100 subscriptions are all restored', async () => {
    const all = setup();
    for (let i = 0; i < 100; i++) {
      all.realtime.subscribe(`topic.${i}`, { id: i }, () => {});
    }
    await settle();
    all.server.current.accept();
    for (let i = 0; i < 100; i++) {
      all.server.current.live(`topic.${i}`, `e-${i}`);
    }
    all.server.current.beat();
    await reconnect(all);
    expect(all.server.current.subscribed.map(({ headers }) => headers['since'])).toEqual(Array.from({ length: 100 }, (_, i) => `e-${i}`));
  });
});

describe('a gap', () => {
  test('is told to who handles it', async () => {
    const { realtime, server } = await connected();
    const [callback, onGap, listener] = [vi.fn(), vi.fn(), vi.fn()];
    realtime.subscribe('a', callback, { onGap });
    realtime.subscribe('b', callback).on('gap', listener);
    await settle();
    for (const topic of ['a', 'b']) {
      server.current.live(topic);
      server.current.control(topic, 'gap', 'history-lost');
    }
    const gap = { code: 'history-lost', detail: 'the detail of history-lost' };
    expect(onGap.mock.calls).toEqual([[gap]]);
    expect(listener.mock.calls).toEqual([[gap]]);
    expect(callback).not.toHaveBeenCalled();
  });

  test('is told to the callback if nobody does, so that a simple page fetches again', async () => {
    const { server, received } = await connected();
    server.current.control('topic', 'gap', 'history-lost');
    server.current.message('topic', 11, 11);
    expect(received).toEqual(['gap', 11]);
  });

  test('after a server that lost its history: goes on from its new position', async () => {
    const all = await connected();
    await reconnect(all);
    all.server.current.listener.receipt({ 'receipt-id': all.server.current.headersOf('topic')['receipt'], position: 'f-3', recovered: 'false' });
    await reconnect(all);
    expect(all.server.current.headersOf('topic')['since']).toBe('e-10');
    all.server.current.listener.receipt({ 'receipt-id': all.server.current.headersOf('topic')['receipt'], position: 'f-3', recovered: 'false' });
    all.server.current.control('topic', 'gap', 'history-lost');
    await reconnect(all);
    expect(all.server.current.headersOf('topic')['since']).toBe('f-3');
    expect(all.received).toEqual(['gap']);
  });
});

test('after a server that lost its newest messages, what it publishes next is new', async () => {
  const all = await connected();
  all.server.current.message('topic', 20, 20);
  await reconnect(all);
  all.server.current.live('topic', 'e-15', { recovered: 'false' });
  all.server.current.control('topic', 'gap', 'history-lost');
  all.server.current.message('topic', 16, 'another 16');
  expect(all.received).toEqual([20, 'gap', 'another 16']);
  await reconnect(all);
  expect(all.server.current.headersOf('topic')['since']).toBe('e-16');
});

describe('for await', () => {
  test('gets everything from the start', async () => {
    const { realtime, server } = await connected();
    const subscription = realtime.subscribe<number>('loop');
    await settle();
    server.current.live('loop');
    server.current.message('loop', 1, 1, { replay: 'true' });
    server.current.message('loop', 2, 2);
    const seen: unknown[] = [];
    for await (const message of subscription) {
      seen.push(message.data);
      if (message.data === 2) {
        server.current.message('loop', 3, 3);
      }
      if (message.data === 3) {
        break;
      }
    }
    expect(seen).toEqual([1, 2, 3]);
    expect(subscription.state).toBe('ended');
  });

  test('ends with the subscription', async () => {
    const { realtime } = await connected();
    const subscription = realtime.subscribe('loop', { id: 5 });
    const next = subscription[Symbol.asyncIterator]().next();
    subscription.unsubscribe();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  test('throws if it is denied', async () => {
    const { realtime, server } = await connected();
    const next = realtime.subscribe('loop')[Symbol.asyncIterator]().next();
    await settle();
    server.current.control('loop', 'denied', 'forbidden');
    await expect(next).rejects.toThrow(SubscriptionError);
  });

  test('that is too slow gets a gap instead of all memory', async () => {
    const { realtime, server } = await connected();
    const iterator = realtime.subscribe<number>('loop')[Symbol.asyncIterator]();
    await settle();
    server.current.live('loop');
    for (let i = 1; i <= 1_002; i++) {
      server.current.message('loop', i, i);
    }
    const results = [await iterator.next(), await iterator.next(), await iterator.next()].map(({ value }) => value as Message<number>);
    expect(results.map((message) => message.gap?.code ?? message.data)).toEqual(['history-lost', 1_001, 1_002]);
  });
});

describe('fewer calls', () => {
  test('coalesce: the first at once, then one for all that came meanwhile', async () => {
    const { realtime, server, environment } = await connected();
    const calls: unknown[] = [];
    realtime.subscribe('list', (data, message) => calls.push([data, (message as DataMessage).merged?.length]), { coalesce: 1_000 });
    await settle();
    server.current.live('list');
    for (let i = 1; i <= 5; i++) {
      server.current.message('list', i, i);
    }
    expect(calls).toEqual([[1, 1]]);
    await environment.pass(999);
    server.current.message('list', 6, 6);
    expect(calls).toHaveLength(1);
    await environment.pass(1);
    expect(calls).toEqual([
      [1, 1],
      [6, 5],
    ]);
    await environment.pass(5_000);
    server.current.message('list', 7, 7);
    expect(calls).toHaveLength(3);
  });

  test('coalesce: not before the promise of the callback', async () => {
    const { realtime, server, environment } = await connected();
    let done: () => void = () => {};
    const calls: unknown[] = [];
    realtime.subscribe(
      'list',
      (data) => {
        calls.push(data);
        return new Promise<void>((resolve) => (done = resolve));
      },
      { coalesce: 10 },
    );
    await settle();
    server.current.live('list');
    server.current.message('list', 1, 1);
    server.current.message('list', 2, 2);
    server.current.message('list', 3, 3);
    await environment.pass(1_000);
    expect(calls).toEqual([1]);
    done();
    await environment.pass(10);
    expect(calls).toEqual([1, 3]);
  });

  test('coalesce: a callback that throws does not stop it', async () => {
    const { realtime, server, environment, errors } = await connected();
    const seen = vi.fn(() => Promise.reject(new Error('broken')));
    realtime.subscribe('list', seen, { coalesce: 10 });
    await settle();
    server.current.live('list');
    server.current.message('list', 1, 1);
    await environment.pass(100);
    server.current.message('list', 2, 2);
    await environment.pass(100);
    expect(seen).toHaveBeenCalledTimes(2);
    expect(errors).toHaveLength(2);
  });

  test('whenVisible: one call when the page is looked at', async () => {
    const { realtime, server, environment } = await connected();
    const seen = vi.fn();
    environment.visible = false;
    const subscription = realtime.subscribe('list', seen, { whenVisible: true });
    await settle();
    server.current.live('list');
    for (let i = 1; i <= 500; i++) {
      server.current.message('list', i, i);
    }
    await environment.pass(1_000);
    expect(seen).not.toHaveBeenCalled();
    environment.visible = true;
    await environment.tell('visible');
    expect(seen).toHaveBeenCalledTimes(1);
    expect(seen).toHaveBeenCalledWith(500, expect.objectContaining({ position: 'e-500' }));
    subscription.unsubscribe();
    expect(environment.listeners.size).toBe(1);
  });

  test('whenVisible: nor does a tab that was hidden while it waited', async () => {
    const { realtime, server, environment } = await connected();
    const seen = vi.fn();
    realtime.subscribe('list', seen, { whenVisible: true, spread: 1_000 });
    await settle();
    server.current.live('list');
    server.current.message('list', 1, 1);
    environment.visible = false;
    await environment.pass(5_000);
    expect(seen).not.toHaveBeenCalled();
    environment.visible = true;
    await environment.tell('visible');
    await environment.pass(1_000);
    expect(seen).toHaveBeenCalledTimes(1);
  });

  test('coalesce: not longer than asked, though the clock is set back', async () => {
    const { realtime, server, environment } = await connected();
    const seen = vi.fn();
    realtime.subscribe('list', seen, { coalesce: 1_000 });
    await settle();
    server.current.live('list');
    server.current.message('list', 1, 1);
    environment.setClock(0);
    server.current.message('list', 2, 2);
    await environment.pass(1_000);
    expect(seen).toHaveBeenCalledTimes(2);
  });

  test('a gap and what comes after it are two calls, one after the other', async () => {
    const { realtime, server, environment } = await connected();
    const calls: unknown[] = [];
    let done: () => void = () => {};
    const slow = (what: unknown): Promise<void> => {
      calls.push(what);
      return new Promise((resolve) => (done = resolve));
    };
    realtime.subscribe('list', slow, { coalesce: 10, onGap: ({ code }) => slow(code) });
    await settle();
    server.current.live('list');
    server.current.message('list', 1, 1);
    server.current.control('list', 'gap', 'history-lost');
    server.current.message('list', 2, 2);
    done();
    await environment.pass(100);
    expect(calls).toEqual([1, 'history-lost']);
    done();
    await environment.pass(100);
    expect(calls).toEqual([1, 'history-lost', 2]);
  });

  test('more than anybody should fetch one by one is a gap', async () => {
    const { realtime, server, environment } = await connected();
    const [seen, onGap] = [vi.fn(), vi.fn()];
    environment.visible = false;
    realtime.subscribe('list', seen, { whenVisible: true, onGap });
    await settle();
    server.current.live('list');
    for (let i = 1; i <= 1_500; i++) {
      server.current.message('list', i, i);
    }
    environment.visible = true;
    await environment.tell('visible');
    expect(onGap).toHaveBeenCalledTimes(1);
    expect(seen).toHaveBeenCalledTimes(1);
  });

  test('spread: after a random time', async () => {
    const { realtime, server, environment } = await connected();
    environment.chance = 0.5;
    const seen = vi.fn();
    realtime.subscribe('list', seen, { spread: 2_000 });
    await settle();
    server.current.live('list');
    server.current.message('list', 1, 1);
    await environment.pass(999);
    server.current.message('list', 2, 2);
    expect(seen).not.toHaveBeenCalled();
    await environment.pass(1);
    expect(seen).toHaveBeenCalledTimes(1);
    expect(seen).toHaveBeenCalledWith(2, expect.anything());
  });

  test('a gap makes what waits superfluous', async () => {
    const { realtime, server, environment } = await connected();
    const [seen, onGap] = [vi.fn(), vi.fn()];
    realtime.subscribe('list', seen, { spread: 2_000, onGap });
    await settle();
    server.current.live('list');
    server.current.message('list', 1, 1);
    server.current.control('list', 'gap', 'history-lost');
    await environment.pass(4_000);
    expect(onGap).toHaveBeenCalledTimes(1);
    expect(seen).not.toHaveBeenCalled();
  });

  test('one that ended is not called any more', async () => {
    const { realtime, server, environment } = await connected();
    const seen = vi.fn();
    const subscription = realtime.subscribe('list', seen, { spread: 2_000 });
    await settle();
    server.current.live('list');
    server.current.message('list', 1, 1);
    subscription.unsubscribe();
    await environment.pass(4_000);
    expect(seen).not.toHaveBeenCalled();
  });
});

describe('memory', () => {
  test('1,000 times subscribed and ended: nothing is left', async () => {
    const { realtime, server, environment } = await connected();
    const timers = environment.timers;
    for (let i = 0; i < 1_000; i++) {
      const subscription = realtime.subscribe(`topic.${i % 10}`, { id: i % 7 }, () => {}, { whenVisible: true, coalesce: 10 });
      if (i % 2 === 0) {
        await environment.pass(1);
      }
      subscription.unsubscribe();
    }
    await environment.pass(1);
    expect(realtime.subscriptionCount).toBe(1);
    expect(environment.timers).toBe(timers);
    expect(environment.listeners.size).toBe(1);
    const wire = server.current;
    expect(wire.unsubscribed).toHaveLength(wire.subscribed.length - 1);
  });
});
