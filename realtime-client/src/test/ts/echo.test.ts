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

test('what is not there says so', async () => {
  const all = await echo();
  expect(() => all.echo.join('room')).toThrow('Presence channels, such as "room", are not supported yet');
  expect(() => all.echo.channel('a').whisper('typing', {})).toThrow('clients publish nothing');
});
