import Echo from 'laravel-echo';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { RealtimeConnector } from '../../../main/ts/echo.js';
import type { Realtime } from '../../../main/ts/index.js';
import { Audience, client, Node, Proxy, publisher, sleep, until, upTo } from './nodes.js';

let nodes: [Node, Node];
const clients: Realtime[] = [];

function connected(...args: Parameters<typeof client>): Realtime {
  const realtime = client(...args);
  clients.push(realtime);
  return realtime;
}

beforeAll(async () => {
  nodes = await Promise.all([Node.started(), Node.started()]);
});

afterEach(() => clients.splice(0).forEach((realtime) => realtime.close()));

afterAll(async () => {
  await Promise.all(nodes.map((node) => node.kill()));
});

/** Publishes on the second node while something happens to the connection to the first. */
async function whileSomethingHappens(room: string, url: string | (() => string), happen: (audience: Audience) => Promise<void>): Promise<Audience> {
  const audience = new Audience(connected(url), room);
  await audience.ready;
  const stop = publisher(nodes[1], room);
  await until('messages arrive', () => audience.numbers.length > 20);
  await happen(audience);
  const before = audience.numbers.length;
  await until('messages arrive again', () => audience.numbers.length > before + 20);
  const published = await stop();
  await until('all have arrived', () => audience.numbers.length >= published);
  expect(audience.numbers).toEqual(upTo(published));
  expect(audience.gaps).toBe(0);
  return audience;
}

test('a server that is killed and started again: nothing is lost, nothing comes twice, the order is kept', async () => {
  const audience = await whileSomethingHappens('killed', nodes[0].url(), async ({ states }) => {
    await nodes[0].kill();
    await until('it is noticed', () => states.includes('reconnecting'));
    await sleep(3_000);
    await nodes[0].start();
    await until('it is back', () => states.at(-1) === 'connected');
  });
  expect(audience.states).toEqual(['connecting', 'connected', 'reconnecting', 'connected']);
});

test('a server that is away for a long time, while much is published', async () => {
  const audience = new Audience(connected(nodes[0].url()), 'away');
  await audience.ready;
  await nodes[0].kill();
  for (let number = 0; number < 2_000; number++) {
    await nodes[1].post(`/acme/rooms/away?number=${number}`);
  }
  await nodes[0].start();
  await until('all have arrived', () => audience.numbers.length >= 2_000);
  expect(audience.numbers).toEqual(upTo(2_000));
  expect(audience.gaps).toBe(0);
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

test('a connection that is cut', async () => {
  const proxy = await Proxy.to(() => nodes[0].port);
  await whileSomethingHappens('cut', proxy.url(), async ({ states }) => {
    proxy.refuse(true);
    proxy.cut();
    await until('it is noticed', () => states.includes('reconnecting'));
    await sleep(2_000);
    proxy.refuse(false);
    await until('it is back', () => states.at(-1) === 'connected');
  });
  proxy.close();
});

test('a connection on which nothing gets through any more', async () => {
  const proxy = await Proxy.to(() => nodes[0].port);
  await whileSomethingHappens('stalled', proxy.url(), async ({ states }) => {
    const start = Date.now();
    proxy.stall();
    await until('it is noticed', () => states.includes('reconnecting'));
    expect(Date.now() - start).toBeLessThan(10_000);
    await until('it is back', () => states.at(-1) === 'connected');
  });
  proxy.close();
});

test('a connection of which one half is closed', async () => {
  const proxy = await Proxy.to(() => nodes[0].port);
  await whileSomethingHappens('half', proxy.url(), async ({ states }) => {
    proxy.halfClose();
    await until('it is noticed', () => states.includes('reconnecting'));
    await until('it is back', () => states.at(-1) === 'connected');
  });
  proxy.close();
});

test('a connection that breaks again and again while it recovers', async () => {
  const proxy = await Proxy.to(() => nodes[0].port);
  await whileSomethingHappens('flapping', proxy.url(), async ({ states }) => {
    for (let i = 0; i < 4; i++) {
      const before = states.length;
      proxy.cut();
      await until('it is back', () => states.length > before && states.at(-1) === 'connected');
      await sleep(i * 5);
    }
  });
  proxy.close();
});

test('a client that goes on at another node', async () => {
  let url = nodes[0].url();
  await whileSomethingHappens('moving', () => url, async ({ states }) => {
    url = nodes[1].url();
    await nodes[0].kill();
    await until('it is there', () => states.length >= 4 && states.at(-1) === 'connected');
  });
  await nodes[0].start();
});

test('100 subscriptions are restored, each with what it missed', async () => {
  const proxy = await Proxy.to(() => nodes[0].port);
  const realtime = connected(proxy.url());
  const audiences = upTo(100).map((i) => new Audience(realtime, `many-${i}`));
  await Promise.all(audiences.map(({ ready }) => ready));
  proxy.refuse(true);
  proxy.cut();
  for (const number of upTo(3)) {
    await Promise.all(upTo(100).map((i) => nodes[1].post(`/acme/rooms/many-${i}?number=${number}`)));
  }
  proxy.refuse(false);
  await until('all have arrived', () => audiences.every(({ numbers }) => numbers.length >= 3));
  expect(audiences.map(({ numbers }) => numbers)).toEqual(upTo(100).map(() => [0, 1, 2]));
  expect(audiences.every(({ gaps }) => gaps === 0)).toBe(true);
  proxy.close();
});

test('a permission that was withdrawn while away', async () => {
  const proxy = await Proxy.to(() => nodes[0].port);
  const realtime = connected(proxy.url());
  const subscription = realtime.subscribe('guarded', () => {});
  const room = new Audience(realtime, 'guarded');
  await subscription.ready;
  await nodes[0].post('/guard?open=false');
  proxy.cut();
  await until('it is denied', () => subscription.state === 'denied');
  await nodes[1].post('/acme/rooms/guarded?number=0');
  await until('others go on', () => room.numbers.length === 1);
  await expect(realtime.subscribe('guarded', () => {}).ready).rejects.toThrow('forbidden');
  await nodes[0].post('/guard?open=true');
  await realtime.subscribe('guarded', () => {}).ready;
  proxy.close();
});

test('a token that expired is replaced by a fresh one', async () => {
  const tokens = ['acme', 'expired', 'acme'];
  const asked: string[] = [];
  const proxy = await Proxy.to(() => nodes[0].port);
  const realtime = connected(proxy.url(), {
    token: () => {
      const token = tokens.shift() ?? 'acme';
      asked.push(token);
      return token;
    },
  });
  const audience = new Audience(realtime, 'token');
  await audience.ready;
  proxy.cut();
  await until('it is back', () => asked.length === 3 && realtime.state === 'connected');
  await nodes[1].post('/acme/rooms/token?number=0');
  await until('the message arrives', () => audience.numbers.length === 1);
  proxy.close();
});

test('a token that is never accepted ends the attempts', async () => {
  const realtime = connected(nodes[0].url(), { token: () => 'expired' });
  const codes: number[] = [];
  realtime.on('disconnect', ({ code }) => codes.push(code));
  realtime.subscribe('room.never', () => {});
  await until('it gives up', () => realtime.state === 'closed');
  expect(codes).toEqual([4501, 4501]);
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
  await nodes[0].kill();
  await Promise.all(upTo(5).map((i) => nodes[1].post(`/acme/rooms/token-${i}?number=0`)));
  requests.length = 0;
  await nodes[0].start();
  await until('all have arrived', () => audiences.every(({ numbers }) => numbers.length === 1));
  expect(requests.filter((path) => path.endsWith('/subscription'))).toHaveLength(1);
});

test('tenants are those of their tokens', async () => {
  const [acme, globex] = [new Audience(connected(nodes[0].url()), 'same'), new Audience(connected(nodes[0].url(), { token: () => 'globex' }), 'same')];
  await Promise.all([acme.ready, globex.ready]);
  await nodes[1].post('/acme/rooms/same?number=1');
  await nodes[1].post('/globex/rooms/same?number=2');
  await until('both have theirs', () => acme.numbers.length > 0 && globex.numbers.length > 0);
  expect([acme.numbers, globex.numbers]).toEqual([[1], [2]]);
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

test('laravel-echo from npm, unchanged', async () => {
  const realtime = connected(nodes[0].url());
  const echo = new Echo<'function'>({ broadcaster: RealtimeConnector, realtime, withoutInterceptors: true });
  const [created, custom]: [unknown[], unknown[]] = [[], []];
  await new Promise<void>((resolve) => {
    echo
      .private('room.echo')
      .listen('InvoiceCreated', (data: unknown) => created.push(data))
      .listen('.custom', (data: unknown) => custom.push(data))
      .subscribed(resolve);
  });
  await nodes[1].post('/acme/rooms/echo?number=0&event=InvoiceCreated');
  await nodes[1].post('/acme/rooms/echo?number=1&event=other');
  await nodes[1].post('/acme/rooms/echo?number=2&event=custom');
  await until('the last arrives', () => custom.length > 0);
  expect(created).toEqual([{ number: 0, tenant: 'acme' }]);
  expect(custom).toEqual([{ number: 2, tenant: 'acme' }]);
  expect(echo.socketId()).toBe(realtime.connectionId);
  echo.leave('room.echo');
});
