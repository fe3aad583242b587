import Echo from 'laravel-echo';
import { expect, test, vi } from 'vitest';
import { RealtimeConnector } from '../../main/ts/echo.js';
import { settle, setup, type Setup } from './fakes.js';

async function echo(options: Record<string, unknown> = {}): Promise<Setup & { readonly echo: Echo<'function'> }> {
  const all = setup();
  const instance = new Echo<'function'>({ broadcaster: RealtimeConnector, realtime: all.realtime, withoutInterceptors: true, ...options });
  return { ...all, echo: instance };
}

async function live({ server }: Setup, topic: string): Promise<void> {
  await settle();
  if (server.connections.length === 1 && server.current.subscribed.length === 0) {
    server.current.accept();
  }
  server.current.live(topic);
}

test('private channels, events with the namespace and without, and custom ones', async () => {
  const all = await echo();
  const [created, custom, everything] = [vi.fn(), vi.fn(), vi.fn()];
  const channel = all.echo.private('client.5').listen('InvoiceCreated', created).listen('.custom', custom).listenToAll(everything);
  await live(all, 'client.5');
  const { server } = all;
  expect(server.current.headersOf('client.5')).toMatchObject({ replay: 'none' });
  server.current.message('client.5', 1, { n: 1 }, { event: 'InvoiceCreated' });
  server.current.message('client.5', 2, { n: 2 }, { event: 'App\\Events\\InvoiceCreated' });
  server.current.message('client.5', 3, { n: 3 }, { event: 'App.Events.InvoiceCreated' });
  server.current.message('client.5', 4, { n: 4 }, { event: 'custom' });
  server.current.message('client.5', 5, { n: 5 }, { event: 'other' });
  server.current.message('client.5', 6, { n: 6 });
  expect(created.mock.calls).toEqual([[{ n: 1 }], [{ n: 2 }], [{ n: 3 }]]);
  expect(custom.mock.calls).toEqual([[{ n: 4 }]]);
  expect(everything).toHaveBeenCalledTimes(6);
  channel.stopListening('InvoiceCreated', created);
  server.current.message('client.5', 7, { n: 7 }, { event: 'InvoiceCreated' });
  expect(created).toHaveBeenCalledTimes(3);
});

test('a channel is one subscription, and leave ends it', async () => {
  const all = await echo();
  all.echo.channel('news').listen('.a', () => {});
  expect(all.echo.channel('news')).toBe(all.echo.channel('news'));
  await live(all, 'news');
  all.echo.private('news');
  all.echo.leave('news');
  await all.environment.pass(1);
  expect(all.realtime.subscriptionCount).toBe(0);
  all.echo.channel('news');
  all.echo.private('other');
  all.echo.leaveAllChannels();
  await all.environment.pass(1);
  expect(all.realtime.subscriptionCount).toBe(0);
});

test('subscribed, error and socketId', async () => {
  const all = await echo();
  const [subscribed, error] = [vi.fn(), vi.fn()];
  all.echo.private('a').subscribed(subscribed).error(error);
  all.echo.private('b').subscribed(subscribed).error(error);
  expect(all.echo.socketId()).toBeUndefined();
  await live(all, 'a');
  all.server.current.control('b', 'denied', 'forbidden');
  expect(subscribed).toHaveBeenCalledTimes(1);
  expect(error).toHaveBeenCalledWith({ code: 'forbidden', detail: 'the detail of forbidden' });
  expect(all.echo.socketId()).toBe(all.realtime.connectionId);
});

test('a gap is told to who listens for it', async () => {
  const all = await echo();
  const [event, gap] = [vi.fn(), vi.fn()];
  all.echo.private('a').listen('X', event).gap(gap);
  await live(all, 'a');
  all.server.current.control('a', 'gap', 'history-lost');
  expect(event).not.toHaveBeenCalled();
  expect(gap).toHaveBeenCalledTimes(1);
});

test('disconnect ends a connection of its own', async () => {
  const all = await echo();
  const own = new Echo<'function'>({ broadcaster: RealtimeConnector, url: 'wss://example.org/realtime', withoutInterceptors: true });
  own.disconnect();
  expect((own.connector as RealtimeConnector).realtime.state).toBe('closed');
  all.echo.channel('news');
  all.echo.disconnect();
  expect(all.realtime.state).not.toBe('closed');
});

test('whispers are events of clients', async () => {
  const all = await echo();
  const [heard, error] = [vi.fn(), vi.fn()];
  const channel = all.echo.private('chat.1').listenForWhisper('typing', heard).error(error);
  channel.whisper('typing', { lost: true });
  await live(all, 'chat.1');
  expect(channel.whisper('typing', { name: 'Ada' })).toBe(channel);
  const { sent } = all.server.current;
  expect(sent).toMatchObject([{ destination: '/realtime/chat.1', headers: { event: 'client-typing' }, body: '{"name":"Ada"}' }]);
  all.server.current.receipt({ 'realtime-control': 'denied', code: 'forbidden', detail: 'Nobody may' });
  all.server.current.message('chat.1', 0, { name: 'Ben' }, { event: 'client-typing', 'message-id': '~1', ephemeral: 'true' });
  all.server.current.message('chat.1', 1, { name: 'Eva' }, { event: 'typing' });
  expect(heard.mock.calls).toEqual([[{ name: 'Ben' }]]);
  await settle();
  expect(error.mock.calls).toEqual([[{ code: 'forbidden', detail: 'Nobody may' }]]);
  channel.stopListeningForWhisper('typing');
  all.server.current.message('chat.1', 0, {}, { event: 'client-typing', 'message-id': '~2', ephemeral: 'true' });
  expect(heard).toHaveBeenCalledTimes(1);
});

test('a presence channel', async () => {
  const all = await echo();
  const [here, joining, leaving, created] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
  const member = (id: string, since: number) => ({ id, info: { name: id.toUpperCase() }, sessions: 1, status: 'online', since });
  const channel = all.echo.join('room.1').here(here).joining(joining).leaving(leaving).listen('Created', created);
  expect(all.echo.join('room.1')).toBe(channel);
  await live(all, 'room.1');
  const { current } = all.server;
  expect(current.headersOf('room.1')).toMatchObject({ presence: 'join' });
  current.presence('room.1', { version: 1, count: 2, members: [member('ada', 1), member('ben', 2)] });
  current.presence('room.1', { version: 2, from: 1, count: 2, joined: [member('eva', 3)], left: ['ada'] });
  current.message('room.1', 1, 'x', { event: 'Created' });
  const late = vi.fn();
  channel.here(late);
  await settle();
  expect(here.mock.calls).toEqual([[[{ name: 'ADA', id: 'ada' }, { name: 'BEN', id: 'ben' }]]]);
  expect(joining.mock.calls).toEqual([[{ name: 'EVA', id: 'eva' }]]);
  expect(leaving.mock.calls).toEqual([[{ name: 'ADA', id: 'ada' }]]);
  expect(late.mock.calls).toEqual([[[{ name: 'BEN', id: 'ben' }, { name: 'EVA', id: 'eva' }]]]);
  expect(created).toHaveBeenCalledWith('x');
  channel.whisper('typing', {});
  expect(current.sent).toMatchObject([{ headers: { event: 'client-typing' } }]);
  all.echo.leave('room.1');
  await all.environment.pass(1);
  expect(all.realtime.subscriptionCount).toBe(0);
});

test('what the connection does, in the words of Echo', async () => {
  const all = await echo();
  const seen = vi.fn();
  const stop = (all.echo.connector as RealtimeConnector).onConnectionChange(seen);
  expect(all.echo.connectionStatus()).toBe('disconnected');
  all.echo.channel('news');
  await live(all, 'news');
  all.environment.online = false;
  all.server.current.listener.closed(1006, '');
  stop();
  all.realtime.close();
  expect(seen.mock.calls).toEqual([['connecting'], ['connected'], ['reconnecting']]);
  expect(all.echo.connectionStatus()).toBe('failed');
});

test('what is not there says so', async () => {
  const all = await echo();
  expect(() => (all.echo.connector as RealtimeConnector).encryptedPrivateChannel('a')).toThrow('Encrypted channels, such as "a", are not supported');
});
