import { expectTypeOf, test } from 'vitest';
import {
  connect,
  type ConnectionState,
  type DataMessage,
  type Disconnect,
  type GapMessage,
  type Message,
  type Realtime,
  type Refusal,
  type Subscription,
  type SubscriptionState,
} from '../../main/ts/index.js';

interface Contact {
  readonly id: number;
}

// Checked by the compiler; nothing here connects.
const realtime = { subscribe: () => undefined } as unknown as Realtime;

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
