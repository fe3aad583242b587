// @vitest-environment happy-dom
import { act, type ReactNode, startTransition, StrictMode, Suspense, use, useState } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RealtimeProvider, useCall, useConnectionId, useConnectionState, usePresence, useSubscription, useTopic } from '../../main/ts/react.js';
import { settle, setup, type Setup } from './fakes.js';

let all: Setup;
let root: Root;

beforeEach(() => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  all = setup();
  root = createRoot(document.body.appendChild(document.createElement('main')));
});

afterEach(() => act(() => root.unmount()));

async function render(children: ReactNode): Promise<void> {
  await act(async () => {
    root.render(
      <StrictMode>
        <RealtimeProvider realtime={all.realtime}>{children}</RealtimeProvider>
      </StrictMode>,
    );
    await settle();
  });
}

async function serve(what: () => void): Promise<void> {
  await act(async () => {
    what();
    await settle();
  });
}

function Contact({ id, onHint, topic = 'contact.updated' }: { id: number; onHint: (data: unknown) => void; topic?: string | null }): ReactNode {
  const state = useTopic(topic, { id }, (data) => onHint(data));
  return <p>{state ?? 'nothing'}</p>;
}

function Status(): ReactNode {
  return <output>{useConnectionState()}</output>;
}

test('in StrictMode a component has one subscription, which outlives renders', async () => {
  const [first, second] = [vi.fn(), vi.fn()];
  await render(<Contact id={5} onHint={first} />);
  await serve(() => all.server.current.accept());
  await all.environment.pass(1);
  expect(all.server.current.subscribed).toHaveLength(1);
  await serve(() => all.server.current.live('contact.updated'));
  expect(document.querySelector('p')?.textContent).toBe('live');
  for (let i = 0; i < 10; i++) {
    await render(<Contact id={5} onHint={second} />);
  }
  await serve(() => all.server.current.message('contact.updated', 1, 'hint'));
  expect(all.server.current.subscribed).toHaveLength(1);
  expect(all.server.current.unsubscribed).toEqual([]);
  expect(first).not.toHaveBeenCalled();
  expect(second.mock.calls).toEqual([['hint']]);
});

test('another filter is another subscription, and unmounting ends it', async () => {
  await render(<Contact id={5} onHint={() => {}} />);
  await serve(() => all.server.current.accept());
  await render(<Contact id={6} onHint={() => {}} />);
  await all.environment.pass(1);
  expect(all.server.current.subscribed.map(({ headers }) => headers['filter'])).toEqual(['{"id":5}', '{"id":6}']);
  expect(all.server.current.unsubscribed).toEqual([all.server.current.subscribed[0]?.headers['id']]);
  await render(<Contact id={6} topic={null} onHint={() => {}} />);
  await all.environment.pass(1);
  expect(all.realtime.subscriptionCount).toBe(0);
  expect(document.querySelector('p')?.textContent).toBe('nothing');
});

test('two components of one topic and filter share a subscription', async () => {
  const [a, b] = [vi.fn(), vi.fn()];
  await render([<Contact key="a" id={5} onHint={a} />, <Contact key="b" id={5} onHint={b} />]);
  await serve(() => all.server.current.accept());
  await serve(() => all.server.current.live('contact.updated'));
  await serve(() => all.server.current.message('contact.updated', 1, 'hint'));
  expect(all.server.current.subscribed).toHaveLength(1);
  expect([a.mock.calls, b.mock.calls]).toEqual([[['hint']], [['hint']]]);
});

test('the state of the connection', async () => {
  await render([<Status key="a" />, <Contact key="b" id={5} onHint={() => {}} />]);
  expect(document.querySelector('output')?.textContent).toBe('connecting');
  await serve(() => all.server.current.accept());
  expect(document.querySelector('output')?.textContent).toBe('connected');
});

/** Names of contacts that come when the test wants them to. */
class Names {
  readonly #loads = new Map<number, (name: string) => void>();
  readonly #names = new Map<number, Promise<string>>();

  get(id: number): Promise<string> {
    const name = this.#names.get(id) ?? new Promise<string>((resolve) => this.#loads.set(id, resolve));
    this.#names.set(id, name);
    return name;
  }

  load(id: number, name: string): Promise<void> {
    return serve(() => this.#loads.get(id)?.(name));
  }
}

test('what is rendered and thrown away, with transitions and Suspense, has no effect', async () => {
  const names = new Names();
  const hints: string[] = [];
  let rendered = 0;
  let show = (_: number): void => {};
  function Details({ id }: { id: number }): ReactNode {
    rendered++;
    const state = useTopic('contact.updated', { id }, (data) => hints.push(`${String(data)} to ${id}`));
    return <p>{`${use(names.get(id))} ${state}`}</p>;
  }
  function App(): ReactNode {
    const [id, setId] = useState(5);
    show = setId;
    return (
      <Suspense fallback={<i>loading</i>}>
        <Details id={id} />
      </Suspense>
    );
  }
  const filters = (): (string | undefined)[] => all.server.current.subscribed.map(({ headers }) => headers['filter']);

  await render(<App />);
  expect(text('i')).toBe('loading');
  expect(rendered).toBeGreaterThan(0);
  expect(all.server.connections).toEqual([]);
  await names.load(5, 'Ada');
  await serve(() => all.server.current.accept());
  await serve(() => all.server.current.live('contact.updated'));
  expect(text('p')).toBe('Ada live');

  rendered = 0;
  await act(async () => startTransition(() => show(6)));
  expect(rendered).toBeGreaterThan(0);
  expect(text('p')).toBe('Ada live');
  await serve(() => all.server.current.message('contact.updated', 1, 'one'));
  expect(filters()).toEqual(['{"id":5}']);
  await names.load(6, 'Grace');
  await all.environment.pass(1);
  await serve(() => all.server.current.live('contact.updated'));
  expect(text('p')).toBe('Grace live');
  expect(filters()).toEqual(['{"id":5}', '{"id":6}']);
  expect(all.server.current.unsubscribed).toHaveLength(1);

  // Not a transition: what was there is hidden, and still there.
  await act(async () => show(7));
  expect(text('i')).toBe('loading');
  await serve(() => all.server.current.message('contact.updated', 2, 'two'));
  expect(filters()).toHaveLength(2);
  expect(all.server.current.unsubscribed).toHaveLength(1);
  await act(async () => show(6));
  await all.environment.pass(1);
  await serve(() => all.server.current.message('contact.updated', 3, 'three'));
  expect(text('p')).toMatch(/^Grace/);
  expect(all.realtime.subscriptionCount).toBe(1);
  expect(hints).toEqual(['one to 5', 'two to 6', 'three to 6']);
});

test('an update that is interrupted by an urgent one', async () => {
  let show = (_: number): void => {};
  function Row({ id }: { id: number }): ReactNode {
    const state = useConnectionState();
    useTopic('contact.updated', { id }, () => {});
    return <li>{`${id} ${state}`}</li>;
  }
  function App(): ReactNode {
    const [first, setFirst] = useState(0);
    show = setFirst;
    return Array.from({ length: 20 }, (_, i) => <Row key={i} id={first + i} />);
  }
  const rows = (): Set<string> => new Set([...document.querySelectorAll('li')].map(({ textContent }) => textContent?.replace(/^\d+ /, '') ?? ''));
  await render(<App />);
  await serve(() => {
    startTransition(() => show(100));
    // No row may show another state than the others.
    all.server.current.accept();
    startTransition(() => show(200));
  });
  await all.environment.pass(1);
  expect(rows()).toEqual(new Set(['connected']));
  await serve(() => {
    startTransition(() => show(300));
    all.server.current.listener.closed(1006, '');
  });
  await all.environment.pass(1);
  expect(rows()).toEqual(new Set(['reconnecting']));
  expect(all.realtime.subscriptionCount).toBe(20);
  await render(null);
  await all.environment.pass(1);
  expect(all.realtime.subscriptionCount).toBe(0);
});

test('1,000 times mounted and unmounted: nothing is left', async () => {
  await render(<Status />);
  for (let i = 0; i < 1_000; i++) {
    await render(i % 2 === 0 ? <Contact id={i % 7} onHint={() => {}} /> : <Status />);
  }
  await render(null);
  await all.environment.pass(60_000);
  expect(all.realtime.subscriptionCount).toBe(0);
  expect(all.realtime.state).toBe('idle');
  expect(all.environment.timers).toBe(0);
  expect(all.environment.listeners.size).toBe(0);
});

test('on the server nothing connects', () => {
  const html = renderToString(
    <RealtimeProvider realtime={all.realtime}>
      <Status />
      <Contact id={5} onHint={() => {}} />
    </RealtimeProvider>,
  );
  expect(html).toBe('<output>idle</output><p>nothing</p>');
  expect(all.server.connections).toEqual([]);
});

test('without a provider there is a sentence', () => {
  expect(() => renderToString(<Status />)).toThrow('need a <RealtimeProvider realtime={connect()}> above them');
});

function Viewers({ room = 'room' as string | null, onRender = () => {} }: { room?: string | null; onRender?: () => void }): ReactNode {
  const { members, count, state, update } = usePresence(room);
  onRender();
  return <ul onClick={() => update({ status: 'away' })}>{`${state} ${count}: ${members.map(({ id }) => id).join()}`}</ul>;
}

const ADA = { id: 'ada', info: null, sessions: 1, status: 'online', since: 1 };

function text(selector: string): string | null | undefined {
  return document.querySelector(selector)?.textContent;
}

test('who is there, in StrictMode, and what this user says about itself', async () => {
  const rendered = vi.fn();
  await render([<Viewers key="a" onRender={rendered} />, <Contact key="b" id={5} onHint={() => {}} />]);
  expect(text('ul')).toBe('pending 0: ');
  await serve(() => all.server.current.accept());
  await all.environment.pass(1);
  expect(all.server.current.headersOf('room')).toMatchObject({ presence: 'join' });
  expect(all.server.current.subscribed).toHaveLength(2);
  await serve(() => all.server.current.live('room'));
  await serve(() => all.server.current.presence('room', { version: 1, count: 1, members: [ADA] }));
  expect(text('ul')).toBe('live 1: ada');
  await serve(() => all.server.current.presence('room', { version: 2, from: 1, count: 2, joined: [{ ...ADA, id: 'ben' }] }));
  expect(text('ul')).toBe('live 2: ada,ben');
  rendered.mockClear();
  await serve(() => all.server.current.message('room', 1));
  expect(rendered).not.toHaveBeenCalled();
  await act(async () => document.querySelector('ul')?.click());
  expect(all.server.current.sent).toMatchObject([{ headers: { event: '@presence' }, body: '{"status":"away"}' }]);
  await render([<Viewers key="a" room={null} />]);
  expect(text('ul')).toBe('undefined 0: ');
  await all.environment.pass(1);
  expect(all.realtime.subscriptionCount).toBe(0);
});

test('presence and messages of one topic are one subscription', async () => {
  await render([<Contact key="a" id={5} topic="room" onHint={() => {}} />, <Watchers key="b" />]);
  await serve(() => all.server.current.accept());
  await all.environment.pass(1);
  expect(all.server.current.subscribed).toHaveLength(1);
  expect(all.server.current.headersOf('room')).toMatchObject({ presence: 'watch', filter: '{"id":5}' });
});

function Watchers(): ReactNode {
  return usePresence('room', { presence: 'watch', filter: { id: 5 } }).count;
}

function Typing({ onTyping }: { onTyping: (user: string | undefined) => void }): ReactNode {
  const subscription = useSubscription('room', null, (_, { gap, ...message }) => gap ?? onTyping('from' in message ? message.from?.user : undefined));
  return <button onClick={() => void subscription?.send('typing')}>{subscription?.topic}</button>;
}

test('a subscription to send with', async () => {
  const seen = vi.fn();
  await render(<Typing onTyping={seen} />);
  expect(text('button')).toBe('room');
  await serve(() => all.server.current.accept());
  await serve(() => all.server.current.live('room'));
  document.querySelector('button')?.click();
  expect(all.server.current.sent).toMatchObject([{ destination: '/realtime/room', headers: { event: 'typing' } }]);
  await serve(() => all.server.current.message('room', 0, {}, { 'message-id': '~1', ephemeral: 'true', 'from-user': 'ben' }));
  expect(seen.mock.calls).toEqual([['ben']]);
});

function Search(): ReactNode {
  const { call, data, error, isPending } = useCall<string, number>('/app/search');
  return (
    <>
      <button onClick={() => void call(1)}>one</button>
      <em onClick={() => void call(2)}>two</em>
      <p>{`${data} ${(error as { code?: string } | undefined)?.code} ${isPending}`}</p>
      <output>{useConnectionId()}</output>
    </>
  );
}

test('a call, and what became of the last one', async () => {
  await render(<Search />);
  expect(text('p')).toBe('undefined undefined false');
  await act(async () => document.querySelector('button')?.click());
  expect(text('p')).toBe('undefined undefined true');
  await serve(() => all.server.current.accept());
  expect(text('output')).toBe(all.realtime.connectionId);
  await serve(() => all.server.current.reply({ code: 'forbidden' }, { 'realtime-control': 'error' }));
  expect(text('p')).toBe('undefined forbidden false');
  await act(async () => document.querySelector('button')?.click());
  await act(async () => document.querySelector('em')?.click());
  await serve(() => all.server.current.reply('second'));
  await serve(() => all.server.current.reply('first', {}, -2));
  expect(text('p')).toBe('second undefined false');
  await act(async () => document.querySelector('em')?.click());
  await render(null);
  await all.environment.pass(60_000);
  expect(all.realtime.state).toBe('idle');
  expect(all.environment.timers).toBe(0);
});

test('what is new runs on no server either', () => {
  const html = renderToString(
    <RealtimeProvider realtime={all.realtime}>
      <Viewers />
      <Search />
      <Typing onTyping={() => {}} />
    </RealtimeProvider>,
  );
  expect(html).toContain('<ul>undefined 0: </ul>');
  expect(all.server.connections).toEqual([]);
});
