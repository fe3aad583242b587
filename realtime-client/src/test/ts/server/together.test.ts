import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Realtime } from '../../../main/ts/index.js';
import { client, Node, Proxy, until } from './nodes.js';

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
