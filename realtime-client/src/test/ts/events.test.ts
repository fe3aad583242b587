import { describe, expect, test, vi } from 'vitest';
import { SendError } from '../../main/ts/index.js';
import { connected, reconnect, settle, setup } from './fakes.js';

const EPHEMERAL = { 'message-id': '~17', ephemeral: 'true', event: 'typing', 'from-user': 'ben', 'from-connection': 'c0ffee' };

describe('send', () => {
  test('what is no JSON fails for the caller to see', async () => {
    const { realtime, server } = await connected();
    await expect(realtime.subscribe('document.42', () => {}).send('typing', 5n)).rejects.toThrow('BigInt');
    expect(server.current.sent).toEqual([]);
  });

  test('goes to the others, to all or to a user, and is done with the receipt', async () => {
    const { realtime, server } = await connected();
    const subscription = realtime.subscribe('document.42', () => {});
    const done = vi.fn();
    void subscription.send('typing').then(done);
    void subscription.send('moved', { x: 1 }, { to: 'all' });
    void subscription.send('offer', 'sdp', { user: 'ben' });
    expect(server.current.sent).toEqual([
      { destination: '/realtime/document.42', headers: { event: 'typing', receipt: '!1' }, body: 'null' },
      { destination: '/realtime/document.42', headers: { event: 'moved', receipt: '!2', to: 'all' }, body: '{"x":1}' },
      { destination: '/realtime/document.42', headers: { event: 'offer', receipt: '!3', 'to-user': 'ben' }, body: '"sdp"' },
    ]);
    await settle();
    expect(done).not.toHaveBeenCalled();
    server.current.receipt({}, 0);
    await settle();
    expect(done).toHaveBeenCalledTimes(1);
  });

  test('is rejected with what the server says', async () => {
    const { realtime, server } = await connected();
    const subscription = realtime.subscribe('document.42', () => {});
    const sent = subscription.send('edit', {});
    server.current.receipt({ 'realtime-control': 'denied', code: 'invalid-event', detail: 'Version 7 is newer', data: '{"version":7}' });
    await expect(sent).rejects.toMatchObject({
      name: 'SendError',
      code: 'invalid-event',
      detail: 'Version 7 is newer',
      data: { version: 7 },
      retryAfter: undefined,
    });
    const another = subscription.send('edit', {});
    server.current.receipt({ 'realtime-control': 'denied', code: 'rate-limited', 'retry-after': '120' });
    await expect(another).rejects.toMatchObject({ code: 'rate-limited', retryAfter: 120 });
    await expect(another).rejects.toThrow('Send to /realtime/document.42: Too much at once, try again later (rate-limited)');
  });

  test('is not kept while there is no connection, and fails where nobody knows', async () => {
    const { realtime, server, environment, errors, states } = setup();
    const subscription = realtime.subscribe('document.42', () => {});
    await expect(subscription.send('typing')).rejects.toMatchObject({ code: 'not-connected' });
    await settle();
    server.current.accept();
    expect(server.current.sent).toEqual([]);
    const sent = subscription.send('typing');
    await reconnect({ realtime, server, environment, errors, states });
    await expect(sent).rejects.toBeInstanceOf(SendError);
    await expect(sent).rejects.toMatchObject({ code: 'connection-lost' });
    expect(server.current.sent).toEqual([]);
    subscription.unsubscribe();
    await expect(subscription.send('typing')).rejects.toMatchObject({ code: 'ended' });
  });
});

describe('an event of a client', () => {
  test('says whose it is', async () => {
    const { realtime, server } = await connected();
    const seen = vi.fn();
    realtime.subscribe('document.42', seen);
    await settle();
    server.current.live('document.42');
    server.current.message('document.42', 0, { by: 'ben' }, EPHEMERAL);
    expect(seen.mock.calls[0]?.[1]).toEqual({
      topic: 'document.42',
      data: { by: 'ben' },
      position: undefined,
      timestamp: 5,
      event: 'typing',
      replay: false,
      recovered: false,
      ephemeral: true,
      from: { user: 'ben', connection: 'c0ffee' },
    });
  });

  test('has nothing to do with positions: it is neither new nor old, and nothing is recovered from it', async () => {
    const all = await connected();
    const { server, received } = all;
    server.current.message('topic', 11, 1);
    server.current.message('topic', 0, 2, EPHEMERAL);
    server.current.message('topic', 0, 3, EPHEMERAL);
    server.current.message('topic', 11, 4);
    expect(received).toEqual([1, 2, 3]);
    await reconnect(all);
    expect(server.current.headersOf('topic')).toMatchObject({ since: 'e-11' });
  });

  test('that is recorded is a message like any other', async () => {
    const { server, received } = await connected();
    const recorded = { event: 'note', 'from-user': 'ben', 'from-connection': 'c0ffee' };
    server.current.message('topic', 11, 1, recorded);
    server.current.message('topic', 11, 1, recorded);
    expect(received).toEqual([1]);
  });

  test('is not what a later subscription is replayed', async () => {
    const { realtime, server } = await connected();
    server.current.message('topic', 11, 'kept', { replay: 'true' });
    server.current.message('topic', 0, 'typing', EPHEMERAL);
    const seen = vi.fn();
    realtime.subscribe('topic', seen);
    await settle();
    expect(seen.mock.calls.map(([data]) => data as unknown)).toEqual(['kept']);
  });
});

describe('listen', () => {
  test('takes the messages of an event, and the callback gets the others', async () => {
    const { realtime, server } = await connected();
    const [callback, first, second] = [vi.fn(), vi.fn(), vi.fn()];
    const subscription = realtime.subscribe('document.42', callback, { coalesce: 1_000 });
    const stop = subscription.listen('typing', first);
    subscription.listen('typing', second);
    await settle();
    server.current.live('document.42');
    for (const data of [1, 2, 3]) {
      server.current.message('document.42', 0, data, EPHEMERAL);
    }
    server.current.message('document.42', 1, 'saved', { event: 'saved' });
    stop();
    server.current.message('document.42', 0, 4, EPHEMERAL);
    expect(first.mock.calls.map(([data]) => data as unknown)).toEqual([1, 2, 3]);
    expect(second.mock.calls.map(([data]) => data as unknown)).toEqual([1, 2, 3, 4]);
    expect(callback.mock.calls.map(([data]) => data as unknown)).toEqual(['saved']);
  });

  test('a listener that throws harms nobody', async () => {
    const { realtime, server, errors } = await connected();
    const seen = vi.fn();
    const subscription = realtime.subscribe('document.42', () => {});
    subscription.listen('typing', () => {
      throw new Error('mine');
    });
    subscription.listen('typing', seen);
    await settle();
    server.current.live('document.42');
    server.current.message('document.42', 0, 1, EPHEMERAL);
    expect(seen).toHaveBeenCalledTimes(1);
    expect(errors).toEqual([new Error('mine')]);
  });
});

test('me is what is published to the user, and needs no token', async () => {
  const asked = vi.fn();
  const { realtime, server } = setup({ subscriptionTokens: (requests) => (asked(requests), Promise.resolve(requests.map(() => ({ token: 't' })))) });
  const seen = vi.fn();
  const subscription = realtime.me(seen, { replay: 'none' });
  realtime.subscribe('topic', () => {});
  await settle();
  server.current.accept();
  await settle();
  expect(server.current.headersOf('@me')).toMatchObject({ replay: 'none' });
  expect(server.current.headersOf('@me')).not.toHaveProperty('token');
  expect(server.current.headersOf('topic')).toMatchObject({ token: 't' });
  expect(asked.mock.calls).toEqual([[[{ topic: 'topic' }]]]);
  server.current.live('@me');
  server.current.message('@me', 1, { text: 'Hi' });
  expect(seen).toHaveBeenCalledWith({ text: 'Hi' }, expect.objectContaining({ topic: '@me' }));
  expect(subscription.state).toBe('live');
});
