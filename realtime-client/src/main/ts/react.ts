import { createContext, createElement, type ReactNode, useCallback, useContext, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { CallOptions } from './calls.js';
import type { Realtime } from './client.js';
import { canonical } from './filter.js';
import type { PresenceMember, PresenceMode, PresenceUpdate } from './presence.js';
import type { Subscription } from './subscription.js';
import type { Callback, ConnectionState, DataCallback, Filter, GapOptions, Refusal, SubscribeOptions, SubscriptionState } from './types.js';

const RealtimeContext = createContext<Realtime | undefined>(undefined);

/** Gives the components below it a connection, made by `connect()` outside of components. */
export function RealtimeProvider({ realtime, children }: { readonly realtime: Realtime; readonly children?: ReactNode }): ReactNode {
  return createElement(RealtimeContext.Provider, { value: realtime }, children);
}

/** The connection of the provider. */
export function useRealtime(): Realtime {
  const realtime = useContext(RealtimeContext);
  if (realtime === undefined) {
    throw new Error('These hooks need a <RealtimeProvider realtime={connect()}> above them');
  }
  return realtime;
}

/** What the connection is doing; `idle` on the server. */
export function useConnectionState(): ConnectionState {
  const realtime = useRealtime();
  return useSyncExternalStore(useStateChanges(realtime), () => realtime.state, () => 'idle');
}

/** What the server calls the connection while it is up. */
export function useConnectionId(): string | undefined {
  const realtime = useRealtime();
  return useSyncExternalStore(useStateChanges(realtime), () => realtime.connectionId, () => undefined);
}

function useStateChanges(realtime: Realtime): (changed: () => void) => () => void {
  return useCallback((changed) => realtime.on('state', changed), [realtime]);
}

/** The settings of a subscription, but for `signal`: it ends with the component. */
export type TopicOptions = Omit<SubscribeOptions, 'signal'>;

/**
 * Subscribes while the component is mounted; `null` as topic for not now. It may be given a new filter object, callback
 * and options with each render: only a topic, a filter or options that mean something else subscribe anew, and the
 * callback is always the latest.
 * @returns what the subscription is doing
 */
export function useTopic<T = unknown>(
  topic: string | null | undefined,
  filter: Filter | null | undefined,
  callback: DataCallback<T>,
  options: TopicOptions & Pick<GapOptions, 'onGap'>,
): SubscriptionState | undefined;
export function useTopic<T = unknown>(
  topic: string | null | undefined,
  filter: Filter | null | undefined,
  callback: Callback<T>,
  options?: TopicOptions,
): SubscriptionState | undefined;
export function useTopic<T>(
  topic: string | null | undefined,
  filter: Filter | null | undefined,
  callback: Callback<T> | DataCallback<T>,
  options: TopicOptions = {},
): SubscriptionState | undefined {
  return useView(topic, filter, callback as Callback<unknown>, options, stateOf, undefined);
}

const stateOf = ({ state }: Subscription): SubscriptionState => state;

/**
 * As `useTopic`, for those who want to do more with the subscription, such as `send` and `listen`.
 * @returns the subscription, once the component is mounted
 */
export function useSubscription<T = unknown>(
  topic: string | null | undefined,
  filter: Filter | null | undefined,
  callback: DataCallback<T>,
  options: TopicOptions & Pick<GapOptions, 'onGap'>,
): Subscription<T> | undefined;
export function useSubscription<T = unknown>(
  topic: string | null | undefined,
  filter: Filter | null | undefined,
  callback: Callback<T>,
  options?: TopicOptions,
): Subscription<T> | undefined;
export function useSubscription<T>(
  topic: string | null | undefined,
  filter: Filter | null | undefined,
  callback: Callback<T> | DataCallback<T>,
  options: TopicOptions = {},
): Subscription<T> | undefined {
  return useView(topic, filter, callback as Callback<unknown>, options, itself, undefined) as Subscription<T> | undefined;
}

const itself = (subscription: Subscription): Subscription => subscription;

/** How to be there, or see who is: `join`, unless given. The filter is that of other subscriptions of the page to share one with. */
export interface PresenceOptions {
  readonly presence?: PresenceMode | undefined;
  readonly filter?: Filter | null | undefined;
}

/** Who is there, and what the subscription is doing. */
export interface UsedPresence<M extends PresenceMember> {
  readonly members: readonly M[];
  readonly count: number;
  readonly state: SubscriptionState | undefined;
  /** Says something about this user to the others. */
  readonly update: (state: PresenceUpdate<M['data']>) => void;
}

/** Is on the channel while the component is mounted, and sees who else is; `null` as topic for not now. */
export function usePresence<M extends PresenceMember = PresenceMember>(
  topic: string | null | undefined,
  { presence = 'join', filter }: PresenceOptions = {},
): UsedPresence<M> {
  const { members, count, state, subscription } = useView(topic, filter, undefined, { presence }, presenceOf, NOBODY);
  const current = useRef(subscription);
  useEffect(() => {
    current.current = subscription;
  });
  const update = useCallback((own: PresenceUpdate<M['data']>) => current.current?.presence.update(own), []);
  return { members: members as readonly M[], count, state, update };
}

interface SeenPresence {
  readonly members: readonly PresenceMember[];
  readonly count: number;
  readonly state: SubscriptionState | undefined;
  readonly subscription: Subscription | undefined;
}

const NOBODY: SeenPresence = { members: [], count: 0, state: undefined, subscription: undefined };

const presenceOf = (subscription: Subscription): SeenPresence => {
  const { presence, state } = subscription;
  return { members: presence.members, count: presence.count, state, subscription };
};

/** A call, and what became of the last one. */
export interface UsedCall<T, B> {
  /** Nobody has to look at the promise: what goes wrong is the `error` as well. */
  readonly call: (body: B) => Promise<T>;
  /** The last reply. */
  readonly data: T | undefined;
  /** Why the last call failed, such as a `CallError`. */
  readonly error: unknown;
  readonly isPending: boolean;
}

/** Calls the server when the component wants to. What is under way when it is unmounted is not waited for. */
export function useCall<T = unknown, B = unknown>(destination: string, { timeout }: Pick<CallOptions, 'timeout'> = {}): UsedCall<T, B> {
  const realtime = useRealtime();
  const [result, setResult] = useState<Omit<UsedCall<T, B>, 'call'>>({ data: undefined, error: undefined, isPending: false });
  const mounted = useRef<AbortController>(undefined);
  const last = useRef<Promise<T>>(undefined);
  useEffect(() => {
    const controller = new AbortController();
    mounted.current = controller;
    return () => controller.abort();
  }, []);
  const call = useCallback(
    (body: B): Promise<T> => {
      const reply = realtime.call<T>(destination, body, { timeout, signal: mounted.current?.signal });
      const settle = (what: (before: Omit<UsedCall<T, B>, 'call'>) => Partial<UsedCall<T, B>>): void => {
        if (last.current === reply) {
          setResult((before) => ({ ...before, isPending: false, error: undefined, ...what(before) }));
        }
      };
      last.current = reply;
      settle(() => ({ isPending: true }));
      reply.then(
        (data) => settle(() => ({ data })),
        (error: unknown) => settle(() => ({ error })),
      );
      return reply;
    },
    [realtime, destination, timeout],
  );
  return { call, ...result };
}

/** Subscribes while the component is mounted, and looks at the subscription with each change. */
function useView<V>(
  topic: string | null | undefined,
  filter: Filter | null | undefined,
  callback: Callback<unknown> | undefined,
  options: TopicOptions,
  view: (subscription: Subscription) => V,
  nothing: V,
): V {
  const realtime = useRealtime();
  const latest = useRef({ callback, onGap: options.onGap });
  // Before all other effects of this commit, and not while rendering: a render may be thrown away.
  useEffect(() => {
    latest.current = { callback, onGap: options.onGap };
  });
  const filterText = canonical(filter ?? undefined);
  const { replay, coalesce, whenVisible, spread, presence } = options;
  const hasCallback = callback !== undefined;
  const hasOnGap = options.onGap !== undefined;
  const [store] = useState(() => new Store(nothing));
  useEffect(() => {
    if (topic === null || topic === undefined) {
      return undefined;
    }
    const parsed = filterText === undefined ? undefined : (JSON.parse(filterText) as Filter);
    const onGap = hasOnGap ? (gap: Refusal) => latest.current.onGap?.(gap) : undefined;
    const settings = { replay, coalesce, whenVisible, spread, presence, onGap };
    const subscription = hasCallback
      ? realtime.subscribe(topic, parsed, (data, message) => latest.current.callback?.(data, message), settings)
      : realtime.subscribe(topic, parsed, settings);
    const look = (): void => store.set(view(subscription));
    look();
    const stops = [subscription.on('state', look), subscription.presence.here(look)];
    return () => {
      stops.forEach((stop) => stop());
      subscription.unsubscribe();
      store.set(nothing);
    };
  }, [realtime, topic, filterText, replay, coalesce, whenVisible, spread, presence, hasCallback, hasOnGap, store, view, nothing]);
  return useSyncExternalStore(store.listen, store.get, () => nothing);
}

/** What one component shows. */
class Store<V> {
  #value: V;
  readonly #listeners = new Set<() => void>();

  constructor(value: V) {
    this.#value = value;
  }

  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly get = (): V => this.#value;

  set(value: V): void {
    if (this.#value !== value) {
      this.#value = value;
      this.#listeners.forEach((listener) => listener());
    }
  }
}
