// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type App, createApp, defineComponent, h, nextTick, ref, type Ref } from 'vue';
import { realtimePlugin, useCall, useConnectionId, useConnectionState, usePresence, useSubscription, useTopic } from '../../main/ts/vue.js';
import { settle, setup, type Setup } from './fakes.js';

let all: Setup;
let app: App | undefined;

beforeEach(() => {
  all = setup();
});

afterEach(() => app?.unmount());

function mount(id: Ref<number>, onHint: (data: unknown) => void, topic: Ref<string | null> = ref('contact.updated')): void {
  app = createApp(contact(id, onHint, topic));
  app.use(realtimePlugin(all.realtime));
  app.mount(document.body.appendChild(document.createElement('main')));
}

function contact(id: Ref<number>, onHint: (data: unknown) => void, topic: Ref<string | null>): ReturnType<typeof defineComponent> {
  return defineComponent({
    setup() {
      const connection = useConnectionState();
      const state = useTopic(topic, () => ({ id: id.value }), (data) => onHint(data));
      return () => h('p', `${connection.value} ${state.value ?? 'nothing'}`);
    },
  });
}

test('a component subscribes, and its state is reactive', async () => {
  const seen = vi.fn();
  mount(ref(5), seen);
  await settle();
  all.server.current.accept();
  all.server.current.live('contact.updated');
  all.server.current.message('contact.updated', 1, 'hint');
  await nextTick();
  expect(document.querySelector('main:last-of-type p')?.textContent).toBe('connected live');
  expect(seen.mock.calls).toEqual([['hint']]);
});

test('another filter is another subscription, and unmounting ends it', async () => {
  const [id, topic] = [ref(5), ref<string | null>('contact.updated')];
  mount(id, () => {}, topic);
  await settle();
  all.server.current.accept();
  id.value = 6;
  await nextTick();
  await all.environment.pass(1);
  expect(all.server.current.subscribed.map(({ headers }) => headers['filter'])).toEqual(['{"id":5}', '{"id":6}']);
  expect(all.server.current.unsubscribed).toHaveLength(1);
  topic.value = null;
  await nextTick();
  await all.environment.pass(1);
  expect(all.realtime.subscriptionCount).toBe(0);
  topic.value = 'contact.updated';
  await nextTick();
  expect(all.realtime.subscriptionCount).toBe(1);
  app?.unmount();
  app = undefined;
  await all.environment.pass(60_000);
  expect(all.realtime.state).toBe('idle');
  expect(all.environment.listeners.size).toBe(0);
});

test('1,000 times mounted and unmounted: nothing is left', async () => {
  for (let i = 0; i < 1_000; i++) {
    mount(ref(i % 7), () => {});
    app?.unmount();
  }
  app = undefined;
  await all.environment.pass(60_000);
  expect(all.realtime.subscriptionCount).toBe(0);
  expect(all.environment.timers).toBe(0);
  expect(all.environment.listeners.size).toBe(0);
});

function mountSetup<T>(setup: () => T): T {
  let result: T | undefined;
  app = createApp(defineComponent({ setup: () => ((result = setup()), () => h('p')) }));
  app.use(realtimePlugin(all.realtime));
  app.mount(document.body.appendChild(document.createElement('main')));
  return result as T;
}

test('who is there, and what this user says about itself', async () => {
  const room = ref<string | null>('room');
  const { members, count, state, update } = mountSetup(() => usePresence(room));
  await settle();
  all.server.current.accept();
  await settle();
  all.server.current.live('room');
  const ada = { id: 'ada', info: {}, sessions: 1, status: 'online', since: 1 };
  all.server.current.presence('room', { version: 1, count: 1, members: [ada] });
  expect([members.value, count.value, state.value]).toEqual([[ada], 1, 'live']);
  expect(all.server.current.headersOf('room')).toMatchObject({ presence: 'join' });
  update({ data: 5 });
  expect(all.server.current.sent).toMatchObject([{ body: '{"data":5}' }]);
  room.value = null;
  await nextTick();
  expect([members.value, count.value, state.value]).toEqual([[], 0, undefined]);
  app?.unmount();
  app = undefined;
  await all.environment.pass(60_000);
  expect(all.environment.timers).toBe(0);
});

test('a subscription to send with', async () => {
  const seen = vi.fn();
  const subscription = mountSetup(() => useSubscription('room', null, seen));
  await settle();
  all.server.current.accept();
  await settle();
  all.server.current.live('room');
  void subscription.value?.send('typing');
  expect(all.server.current.sent).toMatchObject([{ headers: { event: 'typing' } }]);
  const typing = vi.fn();
  subscription.value?.listen('typing', typing);
  all.server.current.message('room', 0, {}, { 'message-id': '~1', ephemeral: 'true', event: 'typing' });
  expect([seen.mock.calls.length, typing.mock.calls.length]).toEqual([0, 1]);
});

test('a call, and what became of the last one', async () => {
  const { call, data, error, isPending, id } = mountSetup(() => ({ ...useCall<string, number>('/app/search'), id: useConnectionId() }));
  void call(1);
  expect([data.value, error.value, isPending.value, id.value]).toEqual([undefined, undefined, true, undefined]);
  await settle();
  all.server.current.accept();
  expect(id.value).toBe(all.realtime.connectionId);
  all.server.current.reply({ code: 'forbidden' }, { 'realtime-control': 'error' });
  await settle();
  expect([data.value, error.value, isPending.value]).toMatchObject([undefined, { code: 'forbidden' }, false]);
  void call(2);
  void call(3);
  all.server.current.reply('third');
  all.server.current.reply('second', {}, -2);
  await settle();
  expect([data.value, error.value, isPending.value]).toEqual(['third', undefined, false]);
  const gone = call(4);
  app?.unmount();
  app = undefined;
  await expect(gone).rejects.toMatchObject({ name: 'AbortError' });
});
