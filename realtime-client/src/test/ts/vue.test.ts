// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type App, createApp, defineComponent, h, nextTick, ref, type Ref } from 'vue';
import { realtimePlugin, useConnectionState, useTopic } from '../../main/ts/vue.js';
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
