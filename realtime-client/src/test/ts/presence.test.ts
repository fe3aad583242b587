import { describe, expect, test, vi } from 'vitest';
import type { PresenceMember, Realtime } from '../../main/ts/index.js';
import { connected, type FakeConnection, reconnect, settle, setup, type Setup } from './fakes.js';

function member(id: string, since: number, more: Partial<PresenceMember> = {}): PresenceMember {
  return { id, info: { name: id.toUpperCase() }, sessions: 1, status: 'online', data: undefined, since, ...more };
}

const [ada, ben, eva] = [member('ada', 1), member('ben', 2), member('eva', 3)];

function ids(members: readonly PresenceMember[]): string[] {
  return members.map(({ id }) => id);
}

function join(realtime: Realtime, presence: 'join' | 'watch' | 'count' = 'join') {
  return realtime.subscribe('room', null, { presence });
}

/** A member of a room with ada in it. */
async function joined() {
  const all = setup();
  const subscription = join(all.realtime);
  const told: string[] = [];
  const { presence } = subscription;
  presence.joining(({ id }) => told.push(`+${id}`));
  presence.leaving(({ id }) => told.push(`-${id}`));
  presence.updated(({ id, status }) => told.push(`${id} ${status}`));
  presence.here((members, count) => told.push(`${count}: ${ids(members).join()}`));
  await settle();
  all.server.current.accept();
  await settle();
  all.server.current.live('room', 'e-10');
  all.server.current.presence('room', { version: 1, count: 1, members: [ada] });
  return { ...all, subscription, presence, told };
}

function presencesOf({ subscribed }: FakeConnection): (string | undefined)[] {
  return subscribed.filter(({ destination }) => destination === '/realtime/room').map(({ headers }) => headers['presence']);
}

describe('who is there', () => {
  test('is told once it is known, and with each change', async () => {
    const { presence, server, told } = await joined();
    expect(server.current.headersOf('room')).toMatchObject({ presence: 'join' });
    expect(told).toEqual(['1: ada']);
    server.current.presence('room', { version: 3, from: 1, count: 2, joined: [eva, ben], updated: [{ ...ada, status: 'away' }], left: [] });
    server.current.presence('room', { version: 4, from: 3, count: 2, left: ['ada'] });
    expect(told).toEqual(['1: ada', '+eva', '+ben', 'ada away', '2: ada,ben,eva', '-ada', '2: ben,eva']);
    expect(presence.members).toEqual([ben, eva]);
    expect(presence.count).toBe(2);
  });

  test('who asks later is told at once, but not before the caller goes on', async () => {
    const { presence, realtime, server } = await joined();
    const [seen, stopped] = [vi.fn(), vi.fn()];
    presence.here(seen);
    presence.here(stopped)();
    expect(seen).not.toHaveBeenCalled();
    await settle();
    expect(seen.mock.calls).toEqual([[[ada], 1]]);
    expect(stopped).not.toHaveBeenCalled();
    const other = join(realtime);
    other.presence.here(seen);
    server.current.presence('room', { version: 2, from: 1, count: 2, joined: [ben] });
    await settle();
    expect(seen.mock.calls.slice(1)).toEqual([
      [[ada, ben], 2],
      [[ada, ben], 2],
    ]);
  });

  test('members are ordered by when they came, and stay the same objects', async () => {
    const { presence, server } = await joined();
    const before = presence.members;
    server.current.presence('room', { version: 2, from: 1, count: 4, joined: [member('zoe', 1), eva, member('abe', 3)] });
    expect(ids(presence.members)).toEqual(['ada', 'zoe', 'abe', 'eva']);
    expect(presence.members[0]).toBe(before[0]);
    const list = presence.members;
    server.current.presence('room', { version: 3, from: 2, count: 4, updated: [{ ...eva }] });
    expect(presence.members).toBe(list);
  });

  test('only the number', async () => {
    const { realtime, server } = await connected();
    const { presence } = join(realtime, 'count');
    const seen = vi.fn();
    presence.here(seen);
    await settle();
    server.current.live('room');
    server.current.presence('room', { version: 1, count: 2_000 });
    server.current.presence('room', { version: 2, from: 1, count: 2_001 });
    expect(seen.mock.calls).toEqual([
      [[], 2_000],
      [[], 2_001],
    ]);
  });

  test('of a channel that becomes too big for a list only the number remains', async () => {
    const { presence, server, told } = await joined();
    server.current.presence('room', { version: 2, count: 3_000 });
    expect([presence.members, presence.count]).toEqual([[], 3_000]);
    server.current.presence('room', { version: 3, from: 2, count: 3_001 });
    server.current.presence('room', { version: 4, count: 2, members: [ada, ben] });
    expect(told).toEqual(['1: ada', '3000: ', '3001: ', '2: ada,ben']);
  });

  test('without the option there is nobody', async () => {
    const { realtime, server } = await connected();
    const { presence } = realtime.subscribe('room', () => {});
    await settle();
    expect(server.current.headersOf('room')).not.toHaveProperty('presence');
    expect([presence.members, presence.count]).toEqual([[], 0]);
    expect(() => presence.update({ status: 'away' })).toThrow("subscribe with presence: 'join'");
  });

  test('nobody is there once the right is withdrawn', async () => {
    const { presence, server } = await joined();
    server.current.control('room', 'revoked', 'access-revoked');
    expect([presence.members, presence.count]).toEqual([[], 0]);
  });
});

describe('a frame that does not follow the one before', () => {
  test('is ignored until the snapshot of this connection', async () => {
    const all = await joined();
    await reconnect(all);
    all.server.current.live('room');
    all.server.current.presence('room', { version: 2, from: 1, count: 9, joined: [ben] });
    await all.environment.pass(5_000);
    expect(ids(all.presence.members)).toEqual(['ada']);
    expect(all.server.current.subscribed).toHaveLength(1);
    all.server.current.presence('room', { version: 8, count: 2, members: [ada, eva] });
    expect(all.told).toEqual(['1: ada', '+eva', '2: ada,eva']);
  });

  test('makes it subscribe anew, a little later, without missing a message', async () => {
    const { presence, server, environment, subscription } = await joined();
    const first = server.current.headersOf('room');
    server.current.message('room', 11);
    server.current.presence('room', { version: 9, from: 8, count: 3, joined: [ben] });
    server.current.presence('room', { version: 10, from: 9, count: 3, joined: [eva] });
    expect(server.current.subscribed).toHaveLength(1);
    await environment.pass(2_000);
    expect(server.current.unsubscribed).toEqual([first['id']]);
    expect(server.current.subscribed).toHaveLength(2);
    expect(server.current.headersOf('room')).toEqual({ ...first, receipt: `${first['id']}.2`, since: 'e-11' });
    expect(subscription.state).toBe('live');
    server.current.live('room', 'e-11');
    server.current.presence('room', { version: 12, count: 3, members: [ada, ben, eva] });
    expect(ids(presence.members)).toEqual(['ada', 'ben', 'eva']);
  });
});

describe('after an interruption', () => {
  test('it is a member again, and only differences are told', async () => {
    const all = await joined();
    all.server.current.presence('room', { version: 2, from: 1, count: 2, joined: [ben] });
    all.told.length = 0;
    await reconnect(all);
    expect(ids(all.presence.members)).toEqual(['ada', 'ben']);
    expect(all.server.current.headersOf('room')).toMatchObject({ presence: 'join' });
    all.server.current.live('room');
    all.server.current.presence('room', { version: 7, count: 2, members: [eva, { ...ada, status: 'busy' }] });
    expect(all.told).toEqual(['+eva', 'ada busy', '-ben', '2: ada,eva']);
  });

  test('nothing is told if nothing has changed', async () => {
    const all = await joined();
    await reconnect(all);
    all.server.current.live('room');
    all.server.current.presence('room', { version: 7, count: 1, members: [{ ...ada }] });
    expect(all.told).toEqual(['1: ada']);
  });
});

describe('equal subscriptions', () => {
  test('the one that wants most counts for all', async () => {
    const { realtime, server, environment } = await connected();
    const plain = realtime.subscribe('room', () => {});
    const [counting, watching, joining] = [join(realtime, 'count'), join(realtime, 'watch'), join(realtime)];
    await settle();
    server.current.live('room');
    server.current.presence('room', { version: 1, count: 1, members: [ada] });
    expect(presencesOf(server.current)).toEqual(['join']);
    expect(ids(watching.presence.members)).toEqual(['ada']);
    for (const subscription of [joining, watching, counting]) {
      subscription.unsubscribe();
      await environment.pass(1);
      server.current.live('room');
    }
    expect(presencesOf(server.current)).toEqual(['join', 'watch', 'count', undefined]);
    expect(server.current.unsubscribed).toHaveLength(3);
    expect(plain.state).toBe('live');
    expect(plain.presence.members).toEqual([]);
  });

  test('who joins a live one makes it a member, without missing a message', async () => {
    const { realtime, server, received } = await connected();
    const subscription = realtime.subscribe('topic', null, { presence: 'join' });
    await settle();
    expect(server.current.unsubscribed).toEqual([server.current.headersOf('topic')['id']]);
    expect(server.current.headersOf('topic')).toMatchObject({ since: 'e-10', presence: 'join' });
    expect(subscription.state).toBe('live');
    server.current.message('topic', 11);
    server.current.live('topic', 'e-11');
    server.current.message('topic', 11, { n: 11 }, { recovered: 'true' });
    expect(received).toEqual([{ n: 11 }]);
  });

  test('who joins one that is about to be live waits for that', async () => {
    const { realtime, server } = await connected();
    realtime.subscribe('room', () => {});
    await settle();
    join(realtime);
    await settle();
    expect(presencesOf(server.current)).toEqual([undefined]);
    server.current.live('room', 'e-5');
    await settle();
    expect(presencesOf(server.current)).toEqual([undefined, 'join']);
    expect(server.current.headersOf('room')).toMatchObject({ since: 'e-5' });
  });

  test('one that ends and begins anew at once stays a member', async () => {
    const { realtime, server, environment } = await connected();
    realtime.subscribe('room', () => {});
    const subscription = join(realtime);
    await settle();
    server.current.live('room');
    subscription.unsubscribe();
    join(realtime);
    await environment.pass(10);
    expect(presencesOf(server.current)).toEqual(['join']);
  });
});

describe('what a member says about itself', () => {
  function states({ sent }: FakeConnection): unknown[] {
    return sent.map(({ body }) => JSON.parse(body) as unknown);
  }

  test('is sent at once, then at most ten times a second, the newest', async () => {
    const { presence, server, environment } = await joined();
    presence.update({ status: 'away' });
    expect(server.current.sent).toEqual([
      { destination: '/realtime/room', headers: { event: '@presence', receipt: expect.any(String) as string }, body: '{"status":"away"}' },
    ]);
    for (let cursor = 0; cursor < 50; cursor++) {
      presence.update({ data: { cursor } });
      await environment.pass(10);
    }
    await environment.pass(100);
    const all = states(server.current);
    expect(all.length).toBeLessThanOrEqual(7);
    expect(all.at(-1)).toEqual({ status: 'away', data: { cursor: 49 } });
  });

  test('waits until it is a member, and is said again after each interruption', async () => {
    const all: Setup = setup();
    const subscription = join(all.realtime);
    subscription.presence.update({ status: 'busy' });
    await settle();
    all.server.current.accept();
    await settle();
    expect(all.server.current.sent).toEqual([]);
    all.server.current.live('room');
    expect(states(all.server.current)).toEqual([{ status: 'busy' }]);
    await reconnect(all);
    expect(all.server.current.sent).toEqual([]);
    all.server.current.live('room');
    expect(states(all.server.current)).toEqual([{ status: 'busy' }]);
    expect(all.errors).toEqual([]);
  });

  test('waits until one that only watched is a member', async () => {
    const { realtime, server } = await connected();
    join(realtime, 'watch');
    await settle();
    server.current.live('room');
    const subscription = join(realtime);
    await settle();
    expect(presencesOf(server.current)).toEqual(['watch', 'join']);
    subscription.presence.update({ status: 'busy' });
    expect(server.current.sent).toEqual([]);
    server.current.live('room');
    expect(states(server.current)).toEqual([{ status: 'busy' }]);
  });

  test('is forgotten once the page is no member any more', async () => {
    const { realtime, server, environment } = await connected();
    const watching = join(realtime, 'watch');
    const editor = join(realtime);
    await settle();
    server.current.live('room');
    editor.presence.update({ data: { field: 'note' } });
    expect(states(server.current)).toHaveLength(1);
    editor.unsubscribe();
    await environment.pass(1);
    server.current.live('room');
    const another = join(realtime);
    await settle();
    server.current.live('room');
    expect(presencesOf(server.current)).toEqual(['join', 'watch', 'join']);
    await environment.pass(1_000);
    expect(states(server.current)).toHaveLength(1);
    another.presence.update({ status: 'away' });
    expect(states(server.current).slice(1)).toEqual([{ status: 'away' }]);
    expect(watching.state).toBe('live');
  });

  test('is said again a little later if it was too much, and reported if it is refused', async () => {
    const { presence, server, environment, errors } = await joined();
    presence.update({ data: 1 });
    server.current.receipt({ 'realtime-control': 'denied', code: 'rate-limited', 'retry-after': '500' });
    await environment.pass(499);
    expect(server.current.sent).toHaveLength(1);
    await environment.pass(1);
    expect(states(server.current)).toEqual([{ data: 1 }, { data: 1 }]);
    server.current.receipt({ 'realtime-control': 'denied', code: 'bad-request', detail: 'The data is too large' });
    await environment.pass(1_000);
    expect(server.current.sent).toHaveLength(2);
    expect(errors).toMatchObject([{ name: 'SendError', code: 'bad-request', detail: 'The data is too large' }]);
  });

  test('leaves no timer behind', async () => {
    const { presence, realtime, environment } = await joined();
    presence.update({ data: 1 });
    presence.update({ data: 2 });
    realtime.close();
    await environment.pass(1);
    expect(environment.timers).toBe(0);
  });
});

test('a subscription for presence alone shares one whose newest message is not known', async () => {
  const { realtime, server } = await connected();
  server.current.message('topic', 11);
  const seen = vi.fn();
  const subscription = realtime.subscribe('topic', null, { presence: 'watch' });
  subscription.listen('typing', seen);
  await settle();
  server.current.live('topic', 'e-11');
  expect(realtime.subscriptionCount).toBe(1);
  server.current.message('topic', 0, 'x', { 'message-id': '~1', ephemeral: 'true', event: 'typing' });
  expect(seen).toHaveBeenCalledWith('x', expect.objectContaining({ ephemeral: true }));
});
