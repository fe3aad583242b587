import { expect, test, vi } from 'vitest';
import type { Subscription } from '../../main/ts/index.js';
import { connected, reconnect, settle, setup } from './fakes.js';

const ID = '@document.42';

const SUBSCRIBED = { 'realtime-control': 'subscribed', position: 'e-5' };

const UNSUBSCRIBED = { 'realtime-control': 'unsubscribed' };

function at(offset: number, more = {}): Record<string, string> {
  return { 'message-id': `e-${offset}`, ...more };
}

async function listening() {
  const all = await connected();
  const [made, ended, seen] = [[] as Subscription[], [] as Subscription[], vi.fn()];
  all.realtime.on('subscribed', (subscription) => made.push(subscription));
  all.realtime.on('unsubscribed', (subscription) => ended.push(subscription));
  all.realtime.onServerMessage((data, message) => void seen(message.topic, data, message.gap?.code));
  all.server.current.served(ID, SUBSCRIBED, { topic: 'document.42', filter: null });
  return { ...all, made, ended, seen };
}

test('a subscription that the server makes is one like any other', async () => {
  const { realtime, server, made, ended, seen } = await listening();
  server.current.served('@item?{"id":5}', SUBSCRIBED, { topic: 'item', filter: { id: 5 } });
  expect(made.map(({ topic, filter, state }) => [topic, filter, state])).toEqual([
    ['document.42', undefined, 'live'],
    ['item', { id: 5 }, 'live'],
  ]);
  expect(realtime.serverSubscriptions).toEqual(made);
  const typing = vi.fn();
  made[0]?.listen('typing', typing);
  server.current.served(ID, at(6, { event: 'typing' }), 'listened to');
  server.current.served(ID, at(7), 'live');
  server.current.served(ID, at(7), 'twice');
  server.current.served('@item?{"id":5}', at(1, { replay: 'true' }), 'last');
  expect(typing).toHaveBeenCalledTimes(1);
  expect(seen.mock.calls).toEqual([
    ['document.42', 'live', undefined],
    ['item', 'last', undefined],
  ]);
  expect(ended).toEqual([]);
  void made[0]?.send('hello');
  expect(server.current.sent[0]).toMatchObject({ destination: '/realtime/document.42', headers: { event: 'hello' } });
});

test('ends when the server says so', async () => {
  const { realtime, server, made, ended, seen } = await listening();
  server.current.served(ID, UNSUBSCRIBED, {});
  server.current.served(ID, at(6), 'after the end');
  expect(ended).toEqual(made);
  expect(made[0]?.state).toBe('ended');
  expect(realtime.serverSubscriptions).toEqual([]);
  expect(seen).not.toHaveBeenCalled();
  expect(server.current.unsubscribed).toEqual([]);
});

test('ends when the right is withdrawn', async () => {
  const { server, made, ended } = await listening();
  server.current.served(ID, { 'realtime-control': 'revoked' }, { code: 'access-revoked', detail: 'No more' });
  expect(ended).toEqual(made);
  expect(made[0]?.state).toBe('revoked');
});

test('ends when the page says so', async () => {
  const { realtime, server, made, ended } = await listening();
  made[0]?.unsubscribe();
  expect(server.current.unsubscribed).toEqual([ID]);
  expect(ended).toEqual(made);
  expect(realtime.serverSubscriptions).toEqual([]);
});

test('goes on after an interruption, from its last position', async () => {
  const all = await listening();
  all.server.current.served('@new', SUBSCRIBED, { topic: 'new' });
  all.server.current.served(ID, at(6), 1);
  await reconnect(all);
  expect(all.server.current.request.headers).toEqual({ 'server-subscriptions': '{"@document.42":"e-6"}' });
  expect(all.made[0]?.state).toBe('pending');
  all.server.current.served(ID, { ...SUBSCRIBED, position: 'e-7', recovered: 'true' }, { topic: 'document.42' });
  all.server.current.served(ID, at(6, { recovered: 'true' }), 1);
  all.server.current.served(ID, at(7, { recovered: 'true' }), 2);
  expect(all.made).toHaveLength(2);
  expect(all.made[0]?.state).toBe('live');
  expect(all.seen.mock.calls.map(([, data]) => data as unknown)).toEqual([1, 2]);
});

test('a gap is told', async () => {
  const { server, seen } = await listening();
  server.current.served(ID, { 'realtime-control': 'gap' }, { code: 'history-lost', detail: 'Lost' });
  expect(seen.mock.calls).toEqual([['document.42', undefined, 'history-lost']]);
});

test('is no more if the server does not make it again', async () => {
  const all = await listening();
  await reconnect(all);
  expect(all.ended).toEqual([]);
  all.server.current.beat();
  expect(all.ended).toEqual(all.made);
  expect(all.made[0]?.state).toBe('ended');
});

test('where it goes on is said after the first heart-beat, even if nothing was published', async () => {
  const all = await listening();
  all.server.current.beat();
  await reconnect(all);
  expect(all.server.current.request.headers).toEqual({ 'server-subscriptions': '{"@document.42":"e-5"}' });
});

test('goes on from where the server said last that it is', async () => {
  const all = await listening();
  all.server.current.served(ID, { 'realtime-control': 'position' }, { position: 'e-40' });
  await reconnect(all);
  expect(all.server.current.request.headers).toEqual({ 'server-subscriptions': '{"@document.42":"e-40"}' });
});

test('more of them than a header may hold do not keep the client from connecting', async () => {
  const all = await listening();
  for (let i = 0; i < 1_000; i++) {
    all.server.current.served(`@topic.${i}`, SUBSCRIBED, { topic: `topic.${i}` });
  }
  all.server.current.beat();
  await reconnect(all);
  const { 'server-subscriptions': header = '' } = all.server.current.request.headers;
  expect(header.length).toBeGreaterThan(7_000);
  expect(header.length).toBeLessThan(9_000);
  expect(JSON.parse(header)).toMatchObject({ '@document.42': 'e-5' });
  // Of those that did not fit in nobody knows what they missed.
  const last = '@topic.999';
  all.seen.mockClear();
  all.server.current.served(last, { ...SUBSCRIBED, position: 'e-6' }, { topic: 'topic.999' });
  all.server.current.served(last, at(6, { replay: 'true' }), 'newest');
  expect(all.seen.mock.calls).toEqual([
    ['topic.999', undefined, 'history-lost'],
    ['topic.999', 'newest', undefined],
  ]);
});

test('who listens keeps the connection up', async () => {
  const { realtime, server, environment } = setup();
  const stop = realtime.onServerMessage(() => {});
  await settle();
  server.current.accept();
  await environment.pass(1);
  for (let i = 0; i < 6; i++) {
    await environment.pass(10_000);
    server.current.beat();
  }
  expect(realtime.state).toBe('connected');
  stop();
  await environment.pass(30_000);
  expect(realtime.state).toBe('idle');
});

test('close ends them', async () => {
  const { realtime, made, environment } = await listening();
  realtime.close();
  expect(made[0]?.state).toBe('ended');
  await environment.pass(60_000);
  expect(realtime.state).toBe('closed');
});
