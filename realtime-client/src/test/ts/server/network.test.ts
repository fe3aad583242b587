import Echo from 'laravel-echo';
import { afterAll, describe, expect, test } from 'vitest';
import { RealtimeConnector } from '../../../main/ts/echo.js';
import type { Realtime } from '../../../main/ts/index.js';
import { Audience, client, Proxy, sharedNodes, sleep, until, upTo, whileSomethingHappens } from './nodes.js';

const nodes = sharedNodes();

const used: { close(): void }[] = [];

function connected(...args: Parameters<typeof client>): Realtime {
  const realtime = client(...args);
  used.push(realtime);
  return realtime;
}

/** A proxy in front of the first node. */
async function proxied(): Promise<Proxy> {
  const proxy = await Proxy.to(() => nodes[0].port);
  used.push(proxy);
  return proxy;
}

afterAll(() => used.forEach((each) => each.close()));

describe.concurrent('networks and rights', () => {
  test('a connection that is cut', async () => {
    const proxy = await proxied();
    await whileSomethingHappens(connected(proxy.url()), nodes[1], 'cut', async ({ states }) => {
      proxy.refuse(true);
      proxy.cut();
      await until('it is noticed', () => states.includes('reconnecting'));
      await sleep(2_000);
      proxy.refuse(false);
      await until('it is back', () => states.at(-1) === 'connected');
    });
  });

  test('a connection on which nothing gets through any more', async () => {
    const proxy = await proxied();
    await whileSomethingHappens(connected(proxy.url()), nodes[1], 'stalled', async ({ states }) => {
      const start = Date.now();
      proxy.stall();
      await until('it is noticed', () => states.includes('reconnecting'));
      expect(Date.now() - start).toBeLessThan(10_000);
      await until('it is back', () => states.at(-1) === 'connected');
    });
  });

  test('a connection of which one half is closed', async () => {
    const proxy = await proxied();
    await whileSomethingHappens(connected(proxy.url()), nodes[1], 'half', async ({ states }) => {
      proxy.halfClose();
      await until('it is noticed', () => states.includes('reconnecting'));
      await until('it is back', () => states.at(-1) === 'connected');
    });
  });

  test('a connection that breaks again and again while it recovers', async () => {
    const proxy = await proxied();
    await whileSomethingHappens(connected(proxy.url()), nodes[1], 'flapping', async ({ states }) => {
      for (let i = 0; i < 4; i++) {
        const before = states.length;
        proxy.cut();
        await until('it is back', () => states.length > before && states.at(-1) === 'connected');
        await sleep(i * 5);
      }
    });
  });

  test('100 subscriptions are restored, each with what it missed', async () => {
    const proxy = await proxied();
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
  });

  test('a permission that was withdrawn while away', async () => {
    const proxy = await proxied();
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
  });

  test('a token that expires is renewed on the open connection', async () => {
    const ends: number[] = [];
    const realtime = connected(nodes[0].url(), { token: () => `acme@${ends[ends.push(Date.now() + 8_000) - 1]}` });
    const audience = new Audience(realtime, 'renewed');
    await audience.ready;
    const id = realtime.connectionId;
    const [first = 0] = ends;
    // The server gives it two seconds of grace.
    await until('the first one is past its end', () => Date.now() > first + 3_500);
    expect(ends).toHaveLength(2);
    await nodes[1].post('/acme/rooms/renewed?number=0');
    await until('the message arrives', () => audience.numbers.length === 1);
    expect(audience.states).toEqual(['connecting', 'connected']);
    expect(realtime.connectionId).toBe(id);
  });

  test('a token that expired meanwhile is replaced by a fresh one, and nothing is lost', async () => {
    const codes: number[] = [];
    let old: string | undefined;
    // It had no other one yet when the first one ended.
    const token = (): string => (codes.includes(4501) ? 'acme' : (old ??= `acme@${Date.now() + 2_000}`));
    const realtime = connected(nodes[0].url(), { token });
    realtime.on('disconnect', ({ code }) => {
      codes.push(code);
      // Published while it is away.
      void nodes[1].post(`/acme/rooms/token?number=${codes.length}`);
    });
    const audience = new Audience(realtime, 'token');
    await audience.ready;
    await nodes[1].post('/acme/rooms/token?number=0');
    await until('all have arrived', () => audience.numbers.length === 3);
    expect(audience.numbers).toEqual([0, 1, 2]);
    expect(audience.gaps).toBe(0);
    expect(codes).toEqual([4007, 4501]);
  });

  test('a token that is never accepted ends the attempts', async () => {
    const realtime = connected(nodes[0].url(), { token: () => 'expired' });
    const codes: number[] = [];
    realtime.on('disconnect', ({ code }) => codes.push(code));
    realtime.subscribe('room.never', () => {});
    await until('it gives up', () => realtime.state === 'closed');
    expect(codes).toEqual([4501, 4501]);
  });

  test('tenants are those of their tokens', async () => {
    const [acme, globex] = [new Audience(connected(nodes[0].url()), 'same'), new Audience(connected(nodes[0].url(), { token: () => 'globex' }), 'same')];
    await Promise.all([acme.ready, globex.ready]);
    await nodes[1].post('/acme/rooms/same?number=1');
    await nodes[1].post('/globex/rooms/same?number=2');
    await until('both have theirs', () => acme.numbers.length > 0 && globex.numbers.length > 0);
    expect([acme.numbers, globex.numbers]).toEqual([[1], [2]]);
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
});
