import { type App, inject, type InjectionKey, type MaybeRefOrGetter, onScopeDispose, readonly, type Ref, shallowRef, toValue, watch } from 'vue';
import type { Realtime } from './client.js';
import { canonical } from './filter.js';
import type { Callback, ConnectionState, DataCallback, Filter, GapOptions, SubscribeOptions, SubscriptionState } from './types.js';

const KEY: InjectionKey<Realtime> = Symbol('realtime');

/** The plugin: `app.use(realtimePlugin(connect()))`. */
export function realtimePlugin(realtime: Realtime): { install: (app: App) => void } {
  return { install: (app) => void app.provide(KEY, realtime) };
}

/** The connection of the plugin. */
export function useRealtime(): Realtime {
  const realtime = inject(KEY, undefined);
  if (realtime === undefined) {
    throw new Error('useTopic and useConnectionState need app.use(realtimePlugin(connect()))');
  }
  return realtime;
}

/** What the connection is doing. */
export function useConnectionState(): Readonly<Ref<ConnectionState>> {
  const realtime = useRealtime();
  const state = shallowRef(realtime.state);
  if (isBrowser()) {
    onScopeDispose(realtime.on('state', (next) => (state.value = next)));
  }
  return readonly(state);
}

/** The settings of a subscription, but for `signal`: it ends with the component. */
export type TopicOptions = Omit<SubscribeOptions, 'signal'>;

/**
 * Subscribes as long as the component lives. The topic and the filter may be refs or getters, and `null` as topic means
 * not now; what means something else subscribes anew.
 * @returns what the subscription is doing
 */
export function useTopic<T = unknown>(
  topic: MaybeRefOrGetter<string | null | undefined>,
  filter: MaybeRefOrGetter<Filter | null | undefined>,
  callback: DataCallback<T>,
  options: TopicOptions & Pick<GapOptions, 'onGap'>,
): Readonly<Ref<SubscriptionState | undefined>>;
export function useTopic<T = unknown>(
  topic: MaybeRefOrGetter<string | null | undefined>,
  filter: MaybeRefOrGetter<Filter | null | undefined>,
  callback: Callback<T>,
  options?: TopicOptions,
): Readonly<Ref<SubscriptionState | undefined>>;
export function useTopic<T>(
  topic: MaybeRefOrGetter<string | null | undefined>,
  filter: MaybeRefOrGetter<Filter | null | undefined>,
  callback: Callback<T> | DataCallback<T>,
  options: TopicOptions = {},
): Readonly<Ref<SubscriptionState | undefined>> {
  const realtime = useRealtime();
  const state = shallowRef<SubscriptionState>();
  if (isBrowser()) {
    watch(
      [() => toValue(topic), () => canonical(toValue(filter) ?? undefined)] as const,
      ([name, filterText], _, onCleanup) => {
        state.value = undefined;
        if (name === null || name === undefined) {
          return;
        }
        const subscription = realtime.subscribe<T>(
          name,
          filterText === undefined ? undefined : (JSON.parse(filterText) as Filter),
          callback as Callback<T>,
          options,
        );
        state.value = subscription.state;
        const stop = subscription.on('state', (next) => (state.value = next));
        onCleanup(() => {
          stop();
          subscription.unsubscribe();
        });
      },
      { immediate: true },
    );
  }
  return readonly(state);
}

/** On a server nothing is ever disposed. */
function isBrowser(): boolean {
  return typeof document !== 'undefined';
}
