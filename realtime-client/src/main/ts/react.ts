import { createContext, createElement, type ReactNode, useCallback, useContext, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { Realtime } from './client.js';
import { canonical } from './filter.js';
import type { Subscription } from './subscription.js';
import type { Callback, ConnectionState, DataCallback, Filter, GapOptions, SubscribeOptions, SubscriptionState } from './types.js';

const RealtimeContext = createContext<Realtime | undefined>(undefined);

/** Gives the components below it a connection, made by `connect()` outside of components. */
export function RealtimeProvider({ realtime, children }: { readonly realtime: Realtime; readonly children?: ReactNode }): ReactNode {
  return createElement(RealtimeContext.Provider, { value: realtime }, children);
}

/** The connection of the provider. */
export function useRealtime(): Realtime {
  const realtime = useContext(RealtimeContext);
  if (realtime === undefined) {
    throw new Error('useTopic and useConnectionState need a <RealtimeProvider realtime={connect()}> above them');
  }
  return realtime;
}

/** What the connection is doing; `idle` on the server. */
export function useConnectionState(): ConnectionState {
  const realtime = useRealtime();
  return useSyncExternalStore(
    useCallback((changed: () => void) => realtime.on('state', changed), [realtime]),
    () => realtime.state,
    () => 'idle',
  );
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
  const realtime = useRealtime();
  const latest = useRef({ callback, onGap: options.onGap });
  // Before all other effects of this commit, and not while rendering: a render may be thrown away.
  useEffect(() => {
    latest.current = { callback, onGap: options.onGap };
  });
  const filterText = canonical(filter ?? undefined);
  const { replay, coalesce, whenVisible, spread } = options;
  const hasOnGap = options.onGap !== undefined;
  const [store] = useState(() => new TopicStore());
  useEffect(() => {
    if (topic === null || topic === undefined) {
      return undefined;
    }
    const subscription = realtime.subscribe<T>(
      topic,
      filterText === undefined ? undefined : (JSON.parse(filterText) as Filter),
      (data, message) => (latest.current.callback as Callback<T>)(data, message),
      { replay, coalesce, whenVisible, spread, onGap: hasOnGap ? (gap) => latest.current.onGap?.(gap) : undefined },
    );
    return store.watch(subscription);
  }, [realtime, topic, filterText, replay, coalesce, whenVisible, spread, hasOnGap, store]);
  return useSyncExternalStore(store.listen, store.get, store.getOnServer);
}

/** The state of the subscription of one component. */
class TopicStore {
  #state: SubscriptionState | undefined;
  readonly #listeners = new Set<() => void>();

  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly get = (): SubscriptionState | undefined => this.#state;

  readonly getOnServer = (): undefined => undefined;

  watch(subscription: Subscription): () => void {
    this.#set(subscription.state);
    const stop = subscription.on('state', (state) => this.#set(state));
    return () => {
      stop();
      subscription.unsubscribe();
      this.#set(undefined);
    };
  }

  #set(state: SubscriptionState | undefined): void {
    if (this.#state !== state) {
      this.#state = state;
      this.#listeners.forEach((listener) => listener());
    }
  }
}
