import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { Audience, client, sharedNodes, until, upTo } from './nodes.js';

// In a file, and so a process, of its own: everything in it sleeps.

const [node] = sharedNodes();

test('a laptop that sleeps: what was published meanwhile is there when it wakes up', async () => {
  const realtime = client(node.url());
  const audience = new Audience(realtime, 'asleep');
  await audience.ready;
  const script = `(async () => { for (let i = 0; i < 300; i++) {
    await fetch('http://127.0.0.1:${node.port}/acme/rooms/asleep?number=' + i, { method: 'POST' });
    await new Promise((resolve) => setTimeout(resolve, 10)); } })()`;
  const other = spawn(process.execPath, ['-e', script]);
  const ended = new Promise((resolve) => other.on('exit', resolve));
  await until('messages arrive', () => audience.numbers.length > 10);
  // No timer runs and nothing is read; the server gives the connection up after 3 s without heart-beats.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20_000);
  const awake = Date.now();
  await until('all have arrived', () => audience.numbers.length >= 300);
  expect(Date.now() - awake).toBeLessThan(5_000);
  expect(audience.numbers).toEqual(upTo(300));
  expect(audience.gaps).toBe(0);
  await ended;
  realtime.close();
});
