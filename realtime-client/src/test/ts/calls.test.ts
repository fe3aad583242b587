import { getEventListeners } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { CallError } from '../../main/ts/index.js';
import { connected, reconnect, settle, setup } from './fakes.js';

const GET = '/app/contacts.get';

describe('a call', () => {
  test('brings the reply', async () => {
    const { realtime, server } = await connected();
    const first = realtime.call<{ name: string }>(GET, { id: 5 });
    const second = realtime.call(GET);
    expect(server.current.subscribed.at(-1)).toEqual({ destination: '/realtime/@replies', headers: { id: 'replies' } });
    expect(server.current.subscribed).toHaveLength(2);
    expect(server.current.sent).toEqual([
      { destination: GET, headers: { 'reply-to': 'replies', 'correlation-id': '1' }, body: '{"id":5}' },
      { destination: GET, headers: { 'reply-to': 'replies', 'correlation-id': '2' }, body: '' },
    ]);
    server.current.reply(null, {}, 1);
    server.current.reply({ name: 'Ada' }, {}, 0);
    server.current.reply({ name: 'twice' }, {}, 0);
    expect(await first).toEqual({ name: 'Ada' });
    expect(await second).toBeNull();
  });

  test('is sent once, also if the page makes it as soon as there is a connection', async () => {
    const { realtime, server } = setup();
    realtime.on('state', (state) => (state === 'connected' ? realtime.call(GET) : undefined));
    realtime.subscribe('topic', () => {});
    await settle();
    server.current.accept();
    expect(server.current.sent).toHaveLength(1);
  });

  test('fails with what the server says', async () => {
    const { realtime, server } = await connected();
    const call = realtime.call(GET, { id: 'x' });
    const body = { code: 'invalid-request', detail: 'id: must be a number', errors: [{ field: 'id', message: 'must be a number' }] };
    server.current.reply(body, { 'realtime-control': 'error' });
    const error = await call.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CallError);
    expect(error).toMatchObject({ name: 'CallError', ...body, body });
    expect(String(error)).toBe('CallError: Call of /app/contacts.get: id: must be a number (invalid-request)');
  });

  test.each([
    [{ reason: 'sold out' }, 'failed', []],
    ['sold out', 'failed', []],
    [null, 'failed', []],
    [{ code: 7, detail: 7, errors: 7 }, 'failed', []],
  ])('fails with what a handler of exceptions returned: %j', async (body, code, errors) => {
    const { realtime, server } = await connected();
    const call = realtime.call(GET);
    server.current.reply(body, { 'realtime-control': 'error' });
    await expect(call).rejects.toMatchObject({ code, errors, body });
  });

  test('says when it may be tried again', async () => {
    const { realtime, server } = await connected();
    const call = realtime.call(GET);
    server.current.reply({ code: 'rate-limited' }, { 'realtime-control': 'error', 'retry-after': '120' });
    await expect(call).rejects.toMatchObject({ code: 'rate-limited', detail: 'Too much at once, try again later', retryAfter: 120 });
  });

  test('fails where there are no replies', async () => {
    const { realtime, server } = await connected();
    const call = realtime.call(GET);
    server.current.reply({ code: 'forbidden', detail: 'No' }, { 'realtime-control': 'denied' });
    await expect(call).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('does not wait for ever', async () => {
    const { realtime, server, environment } = await connected();
    const [usual, short] = [vi.fn(), vi.fn()];
    realtime.call(GET).catch(usual);
    realtime.call(GET, {}, { timeout: 500 }).catch(short);
    await environment.pass(499);
    expect(short).not.toHaveBeenCalled();
    await environment.pass(1);
    expect(short).toHaveBeenCalledWith(expect.objectContaining({ code: 'timeout' }));
    await environment.pass(9_499);
    expect(usual).not.toHaveBeenCalled();
    await environment.pass(1);
    expect(usual).toHaveBeenCalledTimes(1);
    server.current.reply('late');
  });

  test('is not waited for any more once its signal says so', async () => {
    const { realtime, server } = await connected();
    const controller = new AbortController();
    const call = realtime.call(GET, {}, { signal: controller.signal });
    controller.abort(new Error('not wanted'));
    await expect(call).rejects.toThrow('not wanted');
    const sent = server.current.sent.length;
    await expect(realtime.call(GET, {}, { signal: controller.signal })).rejects.toThrow('not wanted');
    expect(server.current.sent).toHaveLength(sent);
    const { signal } = new AbortController();
    const another = realtime.call(GET, {}, { signal });
    server.current.reply(1);
    await another;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('without a connection a call', () => {
  test('connects, and lets go of the connection after a while', async () => {
    const { realtime, server, environment } = setup();
    const call = realtime.call(GET);
    expect(realtime.state).toBe('connecting');
    await settle();
    server.current.accept(0);
    await environment.pass(100);
    server.current.reply('here');
    expect(await call).toBe('here');
    await environment.pass(29_999);
    expect(realtime.state).toBe('connected');
    await environment.pass(1);
    expect(realtime.state).toBe('idle');
    expect(environment.timers).toBe(0);
  });

  test('waits until there is one, and is sent once', async () => {
    const { realtime, server, environment } = await connected();
    server.current.listener.closed(1006, '');
    const call = realtime.call(GET, 1);
    await environment.pass(5_000);
    server.current.accept();
    await settle();
    expect(server.current.subscribed.map(({ destination }) => destination)).toEqual(['/realtime/topic', '/realtime/@replies']);
    expect(server.current.sent).toHaveLength(1);
    server.current.reply('here');
    expect(await call).toBe('here');
  });

  test('waits no longer than its time-out', async () => {
    const { realtime, server, environment } = await connected();
    server.current.listener.closed(1006, '');
    const failed = vi.fn();
    realtime.call(GET).catch(failed);
    await environment.pass(10_000);
    expect(failed).toHaveBeenCalledWith(expect.objectContaining({ code: 'timeout' }));
    server.current.accept();
    await settle();
    expect(server.current.sent).toEqual([]);
  });
});

test('what was sent on a connection that is lost fails, and is not sent again', async () => {
  const all = await connected();
  const call = all.realtime.call(GET);
  await Promise.all([expect(call).rejects.toMatchObject({ code: 'connection-lost' }), reconnect(all)]);
  expect(all.server.current.sent).toEqual([]);
  const another = all.realtime.call(GET);
  expect(all.server.current.subscribed.at(-1)?.destination).toBe('/realtime/@replies');
  all.server.current.reply('here');
  expect(await another).toBe('here');
});

test('after the end, or where the server does not want this client, there is no connection', async () => {
  const { realtime, server, environment } = await connected();
  const [lost, waiting] = [realtime.call(GET), vi.fn()];
  server.current.listener.closed(4501, '');
  await expect(lost).rejects.toMatchObject({ code: 'connection-lost' });
  expect(realtime.state).toBe('closed');
  await expect(realtime.call(GET)).rejects.toMatchObject({ code: 'not-connected' });
  realtime.reconnect();
  realtime.call(GET).catch(waiting);
  realtime.close();
  await settle();
  expect(waiting).toHaveBeenCalledWith(expect.objectContaining({ code: 'not-connected' }));
  await environment.pass(60_000);
  expect(realtime.state).toBe('closed');
  expect(environment.timers).toBe(0);
});
