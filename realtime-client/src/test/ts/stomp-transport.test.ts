import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { stompTransport } from '../../main/ts/stomp-transport.js';
import type { Connection, TransportListener } from '../../main/ts/transport.js';
import { FakeSocket } from './fake-socket.js';

const CONNECTED = 'CONNECTED\nversion:1.2\nsession:s1\nheart-beat:10000,10000\nuser-name:alice\n\n\0';

function listener(): TransportListener & { [K in keyof TransportListener]: ReturnType<typeof vi.fn> } {
  return { connected: vi.fn(), message: vi.fn(), receipt: vi.fn(), heartbeat: vi.fn(), activity: vi.fn(), closed: vi.fn() };
}

let socket: FakeSocket;
let events: ReturnType<typeof listener>;
let connection: Connection;

async function open(): Promise<void> {
  events = listener();
  connection = stompTransport((url, protocols) => (socket = new FakeSocket(url, protocols)))(
    { url: 'wss://example.org/realtime', headers: { Authorization: 'Bearer abc' } },
    events,
  );
  await vi.advanceTimersByTimeAsync(0);
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test('connects with the headers given', async () => {
  await open();
  expect(socket.protocols).toEqual(['v12.stomp', 'v11.stomp', 'v10.stomp']);
  socket.open();
  expect(socket.sent).toEqual(['CONNECT\npositions:true\nAuthorization:Bearer abc\naccept-version:1.2,1.1,1.0\nheart-beat:1000,1000\n\n\0']);
  socket.receive(CONNECTED);
  expect(events.connected).toHaveBeenCalledWith({ session: 's1', heartbeat: 10_000, expiresIn: Number.POSITIVE_INFINITY });
});

test('hears how long the authentication lasts', async () => {
  await open();
  socket.open();
  socket.receive(CONNECTED.replace('user-name:alice', 'expires-in:60000'));
  expect(events.connected).toHaveBeenCalledWith({ session: 's1', heartbeat: 10_000, expiresIn: 60_000 });
});

test('a URL that is none is a failed attempt', async () => {
  events = listener();
  stompTransport(() => {
    throw new SyntaxError('no URL');
  })({ url: 'x', headers: {} }, events);
  await vi.advanceTimersByTimeAsync(0);
  expect(events.closed).toHaveBeenCalledWith(1006, 'SyntaxError: no URL');
});

describe('connected', () => {
  beforeEach(async () => {
    await open();
    socket.open();
    socket.receive(CONNECTED);
    socket.sent.length = 0;
  });

  test('several frames in one WebSocket message, and one in several, at every place', () => {
    connection.subscribe('/realtime/contact.updated', { id: 'a', receipt: 'a' });
    const frames =
      'RECEIPT\nreceipt-id:a\nposition:k3-6\n\n\0' +
      'MESSAGE\nsubscription:a\nmessage-id:k3-7\ntimestamp:5\nevent:re\\cnamed\ncontent-length:14\n\n{"n":"Zo\u00eb"}\0\0' +
      'MESSAGE\nsubscription:a\nmessage-id:control\nrealtime-control:gap\ncontent-length:2\n\n{}\0';
    const text = frames.replace('content-length:14', `content-length:${new TextEncoder().encode('{"n":"Zo\u00eb"}').length}`).replace('\0\0', '\0');
    for (let split = 0; split <= text.length; split++) {
      events.receipt.mockClear();
      events.message.mockClear();
      socket.receive(text.slice(0, split));
      socket.receive(text.slice(split));
      expect(events.receipt.mock.calls, `split at ${split}`).toEqual([[{ 'receipt-id': 'a', position: 'k3-6' }]]);
      expect(
        (events.message.mock.calls as [Record<string, string>, string][]).map(([headers, body]) => [headers['message-id'], headers['event'], body]),
      ).toEqual([
        ['k3-7', 're:named', '{"n":"Zo\u00eb"}'],
        ['control', undefined, '{}'],
      ]);
    }
  });

  test('SUBSCRIBE and UNSUBSCRIBE', () => {
    connection.subscribe('/realtime/t', { id: 'a', filter: '{"id":5}' });
    connection.unsubscribe('a');
    expect(socket.sent).toEqual([
      'SUBSCRIBE\nid:a\nfilter:{"id"\\c5}\ndestination:/realtime/t\n\n\0',
      'UNSUBSCRIBE\nid:a\n\n\0',
    ]);
  });

  test('SEND', () => {
    connection.send('/app/x', { 'reply-to': 'replies', event: 'a:b' }, '{"n":"Zo\u00eb"}');
    expect(socket.sent).toEqual(['SEND\ndestination:/app/x\ncontent-type:application/json\nreply-to:replies\nevent:a\\cb\ncontent-length:12\n\n{"n":"Zo\u00eb"}\0']);
  });

  test('a heart-beat of the server is answered, so that a hidden tab with slow timers stays connected', () => {
    vi.setSystemTime(Date.now() + 10_000);
    socket.receive('\n');
    expect(events.heartbeat).toHaveBeenCalledTimes(1);
    expect(socket.sent).toEqual(['\n']);
    socket.receive('\n');
    expect(socket.sent).toEqual(['\n']);
  });

  test('the end: its code and reason, once', async () => {
    socket.end(4000, 'going away, reconnect-after=5');
    socket.end(1006);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(events.closed.mock.calls).toEqual([[4000, 'going away, reconnect-after=5']]);
  });

  test('the end without a reason: what ERROR said', () => {
    socket.receive('ERROR\nmessage:Authentication failed\n\n\0');
    socket.end(4501);
    expect(events.closed).toHaveBeenCalledWith(4501, 'Authentication failed');
  });

  test('a server that is silent is left', async () => {
    await vi.advanceTimersByTimeAsync(40_000);
    expect(events.closed.mock.calls).toEqual([[1006, 'no heart-beat']]);
    expect(socket.closed).toBeGreaterThan(0);
  });

  test('close says DISCONNECT and waits for its receipt, but not for ever', async () => {
    connection.close();
    expect(socket.sent[0]).toMatch(/^DISCONNECT\nreceipt:/);
    expect(socket.closed).toBe(0);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(socket.closed).toBeGreaterThan(0);
    expect(events.closed).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('close: the receipt ends it', async () => {
    connection.close();
    socket.receive(`RECEIPT\nreceipt-id:${/receipt:(.*)/.exec(socket.sent[0] ?? '')?.[1]}\n\n\0`);
    expect(socket.closed).toBe(1);
    socket.end(1000);
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
    expect(events.closed).not.toHaveBeenCalled();
  });

  test('drop is at once and says nothing', async () => {
    connection.drop();
    expect(socket.closed).toBeGreaterThan(0);
    socket.receive('MESSAGE\nsubscription:a\nmessage-id:k3-7\n\n{}\0');
    socket.end(1006);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(events.closed).not.toHaveBeenCalled();
    expect(events.message).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('drop before stomp.js has taken the socket closes it too', async () => {
  connection = stompTransport((url, protocols) => (socket = new FakeSocket(url, protocols)))({ url: 'wss://x', headers: {} }, listener());
  connection.drop();
  await vi.advanceTimersByTimeAsync(0);
  expect(socket.closed).toBe(1);
});
