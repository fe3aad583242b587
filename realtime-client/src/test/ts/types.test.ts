import { expectTypeOf, test } from 'vitest';
import {
  type ChannelPresence,
  connect,
  type ConnectionState,
  type DataMessage,
  type Disconnect,
  type GapMessage,
  type Message,
  type PresenceMember,
  type PresenceMode,
  type Realtime,
  type Refusal,
  type Sender,
  type Subscription,
  type SubscriptionState,
} from '../../main/ts/index.js';

interface Contact {
  readonly id: number;
}

// Checked by the compiler; nothing here connects.
const realtime = {
  subscribe: () => ({ presence: { here: () => {}, update: () => {} }, listen: () => {}, send: () => Promise.resolve() }),
  me: () => undefined,
  call: () => Promise.resolve(),
  on: () => undefined,
} as unknown as Realtime;

test('states are closed unions', () => {
  expectTypeOf<ConnectionState>().toEqualTypeOf<'idle' | 'connecting' | 'connected' | 'reconnecting' | 'offline' | 'closed'>();
  expectTypeOf<SubscriptionState>().toEqualTypeOf<'pending' | 'live' | 'denied' | 'revoked' | 'ended'>();
  expectTypeOf(connect).returns.toEqualTypeOf<Realtime>();
});

test('a callback without a handler of gaps has to expect them', () => {
  realtime.subscribe<Contact>('contact.updated', (data, message) => {
    expectTypeOf(data).toEqualTypeOf<Contact | undefined>();
    expectTypeOf(message).toEqualTypeOf<Message<Contact>>();
    if (message.gap) {
      expectTypeOf(message).toEqualTypeOf<GapMessage>();
    } else {
      expectTypeOf(message.data).toEqualTypeOf<Contact>();
    }
  });
  // @ts-expect-error without onGap the data may be undefined
  realtime.subscribe<Contact>('contact.updated', ({ id }: Contact) => id);
});

test('with a handler of gaps it gets data', () => {
  realtime.subscribe<Contact>(
    'contact.updated',
    { id: 5 },
    (data, message) => {
      expectTypeOf(data).toEqualTypeOf<Contact>();
      expectTypeOf(message).toEqualTypeOf<DataMessage<Contact>>();
    },
    { onGap: (gap) => expectTypeOf(gap).toEqualTypeOf<Refusal>() },
  );
});

test('data of nobody knows what is unknown', () => {
  realtime.subscribe('topic', (data) => expectTypeOf(data).toEqualTypeOf<unknown>());
});

test('filters are flat', () => {
  realtime.subscribe('topic', { a: 1, b: 'x', c: true, d: null, e: [1, 'x', null] }, () => {});
  // @ts-expect-error nested
  realtime.subscribe('topic', { a: { $gt: 5 } }, () => {});
  // @ts-expect-error no such option
  realtime.subscribe('topic', () => {}, { replay: 'everything' });
});

test('subscriptions are loops, and events have types', () => {
  const subscription = realtime.subscribe<Contact>('topic', { id: 1 });
  expectTypeOf(subscription).toEqualTypeOf<Subscription<Contact>>();
  expectTypeOf(subscription).toExtend<AsyncIterable<Message<Contact>>>();
  expectTypeOf(subscription).toExtend<Disposable | undefined>();
  expectTypeOf<Parameters<typeof realtime.on<'disconnect'>>[1]>().parameter(0).toEqualTypeOf<Disconnect>();
  // @ts-expect-error no such event
  expectTypeOf(realtime.on<'nothing'>);
});

type Viewer = PresenceMember<{ readonly name: string }, { readonly cursor: number }>;

test('presence has the types of the members', () => {
  expectTypeOf<PresenceMode>().toEqualTypeOf<'join' | 'watch' | 'count'>();
  expectTypeOf<PresenceMember['status']>().toEqualTypeOf<'online' | 'away' | 'busy'>();
  const subscription = realtime.subscribe<Contact, Viewer>('contact.5', null, () => {}, { presence: 'join' });
  expectTypeOf(subscription.presence).toEqualTypeOf<ChannelPresence<Viewer>>();
  subscription.presence.here((members, count) => {
    expectTypeOf(members).toEqualTypeOf<readonly Viewer[]>();
    expectTypeOf(count).toEqualTypeOf<number>();
  });
  subscription.presence.update({ status: 'away', data: { cursor: 5 } });
  // @ts-expect-error no such status
  subscription.presence.update({ status: 'asleep' });
  // @ts-expect-error no such data
  subscription.presence.update({ data: { cursor: 'five' } });
  // @ts-expect-error no such mode
  realtime.subscribe('contact.5', null, () => {}, { presence: 'lurk' });
  expectTypeOf(realtime.subscribe('topic').presence).toEqualTypeOf<ChannelPresence<PresenceMember>>();
});

test('events of clients say whose they are', () => {
  const subscription = realtime.subscribe<Contact>('contact.5', null, () => {});
  subscription.listen<string>('typing', (data, { from, ephemeral }) => {
    expectTypeOf(data).toEqualTypeOf<string>();
    expectTypeOf(from).toEqualTypeOf<Sender | undefined>();
    expectTypeOf(ephemeral).toEqualTypeOf<boolean>();
  });
  subscription.listen('typing', (data) => expectTypeOf(data).toEqualTypeOf<Contact>());
  expectTypeOf(subscription.send('typing', { x: 1 }, { to: 'all' })).toEqualTypeOf<Promise<void>>();
  // @ts-expect-error others is what there is without it
  void subscription.send('typing', {}, { to: 'others' });
});

test('calls have replies, and me is a subscription', () => {
  expectTypeOf(realtime.call<Contact>('/app/contacts.get', { id: 5 }, { timeout: 1, signal: new AbortController().signal })).toEqualTypeOf<
    Promise<Contact>
  >();
  expectTypeOf(realtime.call('/app/x')).toEqualTypeOf<Promise<unknown>>();
  expectTypeOf(realtime.me<Contact>((data) => expectTypeOf(data).toEqualTypeOf<Contact | undefined>())).toEqualTypeOf<Subscription<Contact>>();
  realtime.me<Contact>((data) => expectTypeOf(data).toEqualTypeOf<Contact>(), { onGap: () => {} });
  realtime.on('subscribed', (subscription) => expectTypeOf(subscription).toEqualTypeOf<Subscription>());
});
