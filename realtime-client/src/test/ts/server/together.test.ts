import { afterAll, beforeAll, expect, test } from 'vitest';
import { CallError, type Realtime } from '../../../main/ts/index.js';
import { client, Node, Proxy, sleep, until } from './nodes.js';

let nodes: [Node, Node];
const clients: Realtime[] = [];

/** A page of a user of the tenant acme. */
function page(user: string, url: Parameters<typeof client>[0], options: Parameters<typeof client>[1] = {}): Realtime {
  const realtime = client(url, { token: () => `${user}.acme`, ...options });
  clients.push(realtime);
  return realtime;
}

beforeAll(async () => {
  nodes = await Promise.all([Node.started(), Node.started()]);
});

afterAll(async () => {
  clients.forEach((realtime) => realtime.close());
  await Promise.all(nodes.map((node) => node.kill()));
});

test('what is published to a user comes to all pages of that user, and nothing is missed while they are away', async () => {
  const proxy = await Proxy.to(() => nodes[0].port);
  const pages = [page('ada', proxy.url()), page('ada', nodes[1].url()), page('ben', nodes[0].url())];
  const received = await Promise.all(
    pages.map(async (realtime) => {
      const numbers: number[] = [];
      await realtime.me<{ number: number }>(({ number }) => numbers.push(number), { replay: 'none', onGap: () => numbers.push(-1) }).ready;
      return numbers;
    }),
  );
  await nodes[1].post('/acme/users/ada?number=1');
  await until('both pages have it', () => received[0]?.length === 1 && received[1]?.length === 1);
  proxy.refuse(true);
  proxy.cut();
  await nodes[1].post('/acme/users/ada?number=2');
  await nodes[1].post('/acme/users/ada?number=3');
  await nodes[1].post('/acme/users/ben?number=4');
  await nodes[1].post('/globex/users/ada?number=5');
  proxy.refuse(false);
  await until('all have arrived', () => received.flat().length === 7);
  expect(received).toEqual([[1, 2, 3], [1, 2, 3], [4]]);
  proxy.close();
});

async function orders(): Promise<number> {
  return Number(await (await fetch(`http://127.0.0.1:${nodes[0].port}/orders`)).text());
}

test('calls are answered, and errors say what is wrong', async () => {
  const realtime = page('ada', nodes[0].url());
  const replies = await Promise.all([realtime.call('/app/sum', [1, 2, 3]), realtime.call('/app/name'), realtime.call('/app/nothing')]);
  expect(replies).toEqual([6, 'ada', null]);
  await expect(realtime.call('/app/sum', { not: 'a list' })).rejects.toMatchObject({ name: 'CallError', code: 'invalid-request' });
  await expect(realtime.call('/app/secret')).rejects.toMatchObject({ code: 'forbidden' });
  await expect(realtime.call('/app/no/such')).rejects.toMatchObject({ code: 'unknown-destination' });
  await expect(realtime.call('/app/sold-out')).rejects.toMatchObject({ code: 'sold-out', body: { left: 0 } });
  expect(await realtime.call('/app/sum', [])).toBe(0);
});

test('a call is not waited for longer than its time-out and its signal say', async () => {
  const realtime = page('ada', nodes[0].url());
  const start = Date.now();
  await expect(realtime.call('/app/order', null, { timeout: 500 })).rejects.toMatchObject({ code: 'timeout' });
  expect(Date.now() - start).toBeLessThan(1_900);
  await expect(realtime.call('/app/order', null, { signal: AbortSignal.timeout(100) })).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(await realtime.call('/app/order')).toBeGreaterThan(2);
});

test('a call that the connection is lost under fails, and is never sent twice; one without a connection waits for it', async () => {
  const proxy = await Proxy.to(() => nodes[0].port);
  const realtime = page('ada', proxy.url());
  await realtime.call('/app/nothing');
  const before = await orders();
  const lost = realtime.call('/app/order').catch((error: unknown) => error);
  await until('the server has it', async () => (await orders()) === before + 1);
  proxy.refuse(true);
  proxy.cut();
  expect(await lost).toBeInstanceOf(CallError);
  expect(await lost).toMatchObject({ code: 'connection-lost' });
  const waiting = realtime.call('/app/order');
  await sleep(500);
  proxy.refuse(false);
  expect(await waiting).toBe(before + 2);
  expect(await orders()).toBe(before + 2);
  proxy.close();
});
