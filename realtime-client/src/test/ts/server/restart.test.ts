import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Realtime, Subscription } from '../../../main/ts/index.js';
import { type Node, OwnNode } from './node.js';
import { Audience, client, sharedNodes, sleep, SwiftTime, until, upTo, whileSomethingHappens } from './nodes.js';

/** The first comes and goes. */
let nodes: [OwnNode, Node];
const clients: Realtime[] = [];

function connected(...args: Parameters<typeof client>): Realtime {
  const realtime = client(...args);
  clients.push(realtime);
  return realtime;
}

beforeAll(async () => {
  nodes = [await OwnNode.started(), sharedNodes()[1]];
});

afterAll(() => {
  clients.forEach((realtime) => realtime.close());
  return nodes[0].kill();
});

/** Where tests wait for each other, and for what is done once all are there. */
class Barrier {
  readonly #passed: Promise<void>;
  #missing: number;
  #pass!: () => void;

  constructor(tests: number, action: () => Promise<void>) {
    this.#missing = tests;
    this.#passed = new Promise<void>((resolve) => (this.#pass = resolve)).then(action);
  }

  arrive(): Promise<void> {
    if (--this.#missing === 0) {
      this.#pass();
    }
    return this.#passed;
  }
}

describe.concurrent('a server that is killed and started again', () => {
  // One outage for all: a start takes a while.
  const down = new Barrier(4, () => nodes[0].kill());
  const up = new Barrier(4, () => nodes[0].start());

  afterAll(() => clients.splice(0).forEach((realtime) => realtime.close()));

  test('nothing is lost, nothing comes twice, the order is kept', async () => {
    const audience = await whileSomethingHappens(connected(nodes[0].url()), nodes[1], 'killed', async ({ states }) => {
      await down.arrive();
      await until('it is noticed', () => states.includes('reconnecting'));
      await up.arrive();
      await until('it is back', () => states.at(-1) === 'connected');
    });
    expect(audience.states).toEqual(['connecting', 'connected', 'reconnecting', 'connected']);
  });

  test('much is published meanwhile, for minutes', async () => {
    const time = new SwiftTime();
    const realtime = connected(nodes[0].url(), {}, { environment: time });
    const delays: (number | undefined)[] = [];
    realtime.on('disconnect', ({ retryIn }) => delays.push(retryIn));
    const audience = new Audience(realtime, 'away');
    await audience.ready;
    await down.arrive();
    await until('it is noticed', () => realtime.state === 'reconnecting');
    // What follows is half a minute in each second for this client.
    time.pace = 30;
    const since = time.now();
    for (let number = 0; number < 2_000; number++) {
      await nodes[1].post(`/acme/rooms/away?number=${number}`);
    }
    await until('the client has waited for two minutes', () => time.now() - since > 120_000);
    expect(audience.numbers).toEqual([]);
    time.pace = 1;
    await up.arrive();
    realtime.reconnect();
    await until('all have arrived', () => audience.numbers.length >= 2_000);
    expect(audience.numbers).toEqual(upTo(2_000));
    expect(audience.gaps).toBe(0);
    expect(delays.slice(0, 7)).toEqual([900, 1_800, 3_600, 7_200, 14_400, 27_000, 27_000]);
  });

  test('the tokens of the starter: for the dedicated port, and fresh ones for all subscriptions after each reconnect', async () => {
    const requests: string[] = [];
    const realtime = connected(
      (url) => {
        expect(new URL(url).port).not.toBe(String(nodes[0].port));
        return url;
      },
      {
        url: nodes[0].url(),
        token: undefined,
        tokens: true,
        fetch: (input, init) => {
          requests.push(new URL(String(input)).pathname);
          return fetch(input, { ...init, headers: { ...(init?.headers as Record<string, string>), Authorization: 'Bearer acme' } });
        },
      },
    );
    const audiences = upTo(5).map((i) => new Audience(realtime, `token-${i}`));
    const secret = realtime.subscribe('secret', () => {});
    await Promise.all(audiences.map(({ ready }) => ready));
    await expect(secret.ready).rejects.toThrow('forbidden');
    expect(requests).toEqual(['/realtime/tokens/connection', '/realtime/tokens/subscription']);
    await down.arrive();
    await Promise.all(upTo(5).map((i) => nodes[1].post(`/acme/rooms/token-${i}?number=0`)));
    requests.length = 0;
    await up.arrive();
    await until('all have arrived', () => audiences.every(({ numbers }) => numbers.length === 1));
    expect(requests.filter((path) => path.endsWith('/subscription'))).toHaveLength(1);
  });

  test('a subscription that the server made is there again, with what was missed', async () => {
    const realtime = connected(nodes[0].url(), { token: () => 'eve.acme' });
    const [made, ended]: [Subscription[], Subscription[]] = [[], []];
    const numbers: unknown[] = [];
    realtime.on('subscribed', (subscription) => made.push(subscription));
    realtime.on('unsubscribed', (subscription) => ended.push(subscription));
    realtime.onServerMessage<{ number: number }>((data, { gap }) => numbers.push(gap?.code ?? data?.number));
    await realtime.call('/app/follow', 'room.followed');
    await until('it is there', () => made.length === 1);
    expect(made[0]).toMatchObject({ topic: 'room.followed', filter: undefined, state: 'live' });
    await nodes[1].post('/acme/rooms/followed?number=0');
    await until('a message arrives', () => numbers.length === 1);
    await down.arrive();
    await until('it is noticed', () => realtime.state === 'reconnecting');
    for (const number of upTo(20).slice(1)) {
      await nodes[1].post(`/acme/rooms/followed?number=${number}`);
    }
    await up.arrive();
    await until('all have arrived', () => numbers.length === 20);
    expect(numbers).toEqual(upTo(20));
    expect([made.length, ended.length, made[0]?.state]).toEqual([1, 0, 'live']);
    await realtime.call('/app/unfollow', 'room.followed');
    await until('it is no more', () => ended.length === 1);
    expect(realtime.serverSubscriptions).toEqual([]);
  });
});

test('1,000 subscriptions that come and go leave none on the server', async () => {
  const realtime = connected(nodes[0].url());
  await realtime.subscribe('room.stays', () => {}).ready;
  const stays = async (): Promise<boolean> => (await nodes[0].meter('realtime.subscriptions')) === 1;
  await until('those of other tests have gone', stays);
  for (const i of upTo(1_000)) {
    const subscription = realtime.subscribe('item', { id: i % 20 }, () => {});
    if (i % 10 === 0) {
      await subscription.ready;
    }
    subscription.unsubscribe();
    await sleep(0);
  }
  await until('none is left', stays);
  expect(realtime.subscriptionCount).toBe(1);
});

test('a server that shuts down says when to come back', async () => {
  const realtime = connected(nodes[0].url());
  const told: (number | undefined)[] = [];
  const reasons: string[] = [];
  realtime.on('disconnect', ({ reason, retryIn }) => {
    told.push(retryIn);
    reasons.push(reason);
  });
  const audience = new Audience(realtime, 'restart');
  await audience.ready;
  await nodes[0].stop();
  await until('it is noticed', () => reasons.length > 0);
  expect(reasons[0]).toBe(`going away, reconnect-after=${told[0]}`);
  await nodes[0].start();
  await nodes[1].post('/acme/rooms/restart?number=0');
  await until('the message arrives', () => audience.numbers.length === 1);
});

test('a client that goes on at another node', async () => {
  let url = nodes[0].url();
  await whileSomethingHappens(connected(() => url), nodes[1], 'moving', async ({ states }) => {
    url = nodes[1].url();
    await nodes[0].kill();
    await until('it is there', () => states.length >= 4 && states.at(-1) === 'connected');
  });
});
