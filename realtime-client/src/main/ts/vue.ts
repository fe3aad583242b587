import { type App, inject, type InjectionKey, type MaybeRefOrGetter, onScopeDispose, type Ref, shallowReadonly, shallowRef, toValue, watch } from 'vue';
import type { CallOptions } from './calls.js';
import type { Realtime } from './client.js';
import { canonical } from './filter.js';
import type { PresenceMember, PresenceMode, PresenceUpdate } from './presence.js';
import type { Subscription } from './subscription.js';
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
    throw new Error('These functions need app.use(realtimePlugin(connect()))');
  }
  return realtime;
}

/** What the connection is doing. */
export function useConnectionState(): Readonly<Ref<ConnectionState>> {
  return useWithState((realtime) => realtime.state);
}

/** What the server calls the connection while it is up. */
export function useConnectionId(): Readonly<Ref<string | undefined>> {
  return useWithState((realtime) => realtime.connectionId);
}

function useWithState<V>(view: (realtime: Realtime) => V): Readonly<Ref<V>> {
  const realtime = useRealtime();
  const value = shallowRef(view(realtime));
  if (isBrowser()) {
    onScopeDispose(realtime.on('state', () => (value.value = view(realtime))));
  }
  return shallowReadonly(value);
}

/** The settings of a subscription, but for `signal`: it ends with the component. */
export type TopicOptions = Omit<SubscribeOptions, 'signal'>;

type MaybeTopic = MaybeRefOrGetter<string | null | undefined>;

type MaybeFilter = MaybeRefOrGetter<Filter | null | undefined>;

/**
 * Subscribes as long as the component lives. The topic and the filter may be refs or getters, and `null` as topic means
 * not now; what means something else subscribes anew.
 * @returns what the subscription is doing
 */
export function useTopic<T = unknown>(
  topic: MaybeTopic,
  filter: MaybeFilter,
  callback: DataCallback<T>,
  options: TopicOptions & Pick<GapOptions, 'onGap'>,
): Readonly<Ref<SubscriptionState | undefined>>;
export function useTopic<T = unknown>(
  topic: MaybeTopic,
  filter: MaybeFilter,
  callback: Callback<T>,
  options?: TopicOptions,
): Readonly<Ref<SubscriptionState | undefined>>;
export function useTopic<T>(
  topic: MaybeTopic,
  filter: MaybeFilter,
  callback: Callback<T> | DataCallback<T>,
  options: TopicOptions = {},
): Readonly<Ref<SubscriptionState | undefined>> {
  const state = shallowRef<SubscriptionState>();
  useView(topic, filter, callback as Callback<unknown>, options, (subscription) => (state.value = subscription?.state));
  return shallowReadonly(state);
}

/**
 * As `useTopic`, for those who want to do more with the subscription, such as `send` and `listen`.
 * @returns the subscription, unless the topic is `null`
 */
export function useSubscription<T = unknown>(
  topic: MaybeTopic,
  filter: MaybeFilter,
  callback: DataCallback<T>,
  options: TopicOptions & Pick<GapOptions, 'onGap'>,
): Readonly<Ref<Subscription<T> | undefined>>;
export function useSubscription<T = unknown>(
  topic: MaybeTopic,
  filter: MaybeFilter,
  callback: Callback<T>,
  options?: TopicOptions,
): Readonly<Ref<Subscription<T> | undefined>>;
export function useSubscription<T>(
  topic: MaybeTopic,
  filter: MaybeFilter,
  callback: Callback<T> | DataCallback<T>,
  options: TopicOptions = {},
): Readonly<Ref<Subscription<T> | undefined>> {
  const current = shallowRef<Subscription>();
  useView(topic, filter, callback as Callback<unknown>, options, (subscription) => (current.value = subscription));
  return shallowReadonly(current) as Readonly<Ref<Subscription<T> | undefined>>;
}

/** How to be there, or see who is: `join`, unless given. The filter is that of other subscriptions of the page to share one with. */
export interface PresenceOptions {
  readonly presence?: PresenceMode | undefined;
  readonly filter?: MaybeFilter;
}

/** Who is there, and what the subscription is doing. */
export interface UsedPresence<M extends PresenceMember> {
  readonly members: Readonly<Ref<readonly M[]>>;
  readonly count: Readonly<Ref<number>>;
  readonly state: Readonly<Ref<SubscriptionState | undefined>>;
  /** Says something about this user to the others. */
  readonly update: (state: PresenceUpdate<M['data']>) => void;
}

/** Is on the channel as long as the component lives, and sees who else is; `null` as topic means not now. */
export function usePresence<M extends PresenceMember = PresenceMember>(
  topic: MaybeTopic,
  { presence = 'join', filter }: PresenceOptions = {},
): UsedPresence<M> {
  const [members, count, state] = [shallowRef<readonly M[]>([]), shallowRef(0), shallowRef<SubscriptionState>()];
  let current: Subscription | undefined;
  useView(topic, filter, undefined, { presence }, (subscription) => {
    current = subscription;
    members.value = (subscription?.presence.members ?? []) as readonly M[];
    count.value = subscription?.presence.count ?? 0;
    state.value = subscription?.state;
  });
  return {
    members: shallowReadonly(members),
    count: shallowReadonly(count),
    state: shallowReadonly(state),
    update: (own) => current?.presence.update(own),
  };
}

/** A call, and what became of the last one. */
export interface UsedCall<T, B> {
  /** Nobody has to look at the promise: what goes wrong is the `error` as well. */
  readonly call: (body: B) => Promise<T>;
  /** The last reply. */
  readonly data: Readonly<Ref<T | undefined>>;
  /** Why the last call failed, such as a `CallError`. */
  readonly error: Readonly<Ref<unknown>>;
  readonly isPending: Readonly<Ref<boolean>>;
}

/** Calls the server when the component wants to. What is under way when it ends is not waited for. */
export function useCall<T = unknown, B = unknown>(destination: string, { timeout }: Pick<CallOptions, 'timeout'> = {}): UsedCall<T, B> {
  const realtime = useRealtime();
  const [data, error, isPending] = [shallowRef<T>(), shallowRef<unknown>(), shallowRef(false)];
  const alive = new AbortController();
  let last: Promise<T> | undefined;
  if (isBrowser()) {
    onScopeDispose(() => alive.abort());
  }
  const call = (body: B): Promise<T> => {
    const reply = realtime.call<T>(destination, body, { timeout, signal: alive.signal });
    const settle = (result: T | undefined, reason: unknown): void => {
      if (last === reply) {
        [data.value, error.value, isPending.value] = [result, reason, false];
      }
    };
    last = reply;
    error.value = undefined;
    isPending.value = true;
    reply.then(
      (result) => settle(result, undefined),
      (reason: unknown) => settle(data.value, reason),
    );
    return reply;
  };
  return { call, data: shallowReadonly(data), error: shallowReadonly(error), isPending: shallowReadonly(isPending) };
}

/** Subscribes as long as the component lives, and tells of each change; `undefined` if there is no subscription. */
function useView(
  topic: MaybeTopic,
  filter: MaybeFilter,
  callback: Callback<unknown> | undefined,
  options: TopicOptions,
  changed: (subscription: Subscription | undefined) => void,
): void {
  const realtime = useRealtime();
  if (!isBrowser()) {
    return;
  }
  watch(
    [() => toValue(topic), () => canonical(toValue(filter) ?? undefined)] as const,
    ([name, filterText], _, onCleanup) => {
      if (name === null || name === undefined) {
        changed(undefined);
        return;
      }
      const parsed = filterText === undefined ? undefined : (JSON.parse(filterText) as Filter);
      const subscription =
        callback === undefined ? realtime.subscribe(name, parsed, options) : realtime.subscribe(name, parsed, callback, options);
      const look = (): void => changed(subscription);
      look();
      const stops = [subscription.on('state', look), subscription.presence.here(look)];
      onCleanup(() => {
        stops.forEach((stop) => stop());
        subscription.unsubscribe();
      });
    },
    { immediate: true },
  );
}

/** On a server nothing is ever disposed. */
function isBrowser(): boolean {
  return typeof document !== 'undefined';
}
