import { connect as tcp, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { expect, inject } from 'vitest';
import WebSocket from 'ws';
import { browser, type Environment, type Timer } from '../../../main/ts/environment.js';
import { Realtime, type RealtimeOptions } from '../../../main/ts/index.js';
import type { Internals } from '../../../main/ts/options.js';
import { Node } from './node.js';

/** Two nodes that are there for all tests, and never end. */
export function sharedNodes(): [Node, Node] {
  const [first = 0, second = 0] = inject('ports');
  return [new Node(first), new Node(second)];
}

/** A TCP proxy in front of a node. */
export class Proxy {
  readonly #server: Server;
  readonly #target: () => number;
  readonly #pairs = new Set<[client: Socket, server: Socket]>();
  #refusing = false;
  accepted = 0;

  static async to(target: () => number): Promise<Proxy> {
    const proxy = new Proxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  private constructor(target: () => number) {
    this.#target = target;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
  }

  #accept(client: Socket): void {
    this.accepted++;
    client.on('error', () => {});
    if (this.#refusing) {
      client.resetAndDestroy();
      return;
    }
    const server = tcp({ port: this.#target(), host: '127.0.0.1', allowHalfOpen: true });
    server.on('error', () => client.destroy());
    const pair: [Socket, Socket] = [client, server];
    this.#pairs.add(pair);
    client.on('close', () => (server.destroy(), this.#pairs.delete(pair)));
    server.on('close', () => client.destroy());
    client.pipe(server);
    server.pipe(client);
  }

  url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/realtime`;
  }

  /** New connections are reset, and with `cut` those there are. */
  refuse(refusing: boolean): void {
    this.#refusing = refusing;
  }

  /** All connections are reset. */
  cut(): void {
    this.#pairs.forEach(([client, server]) => {
      client.resetAndDestroy();
      server.resetAndDestroy();
    });
  }

  /** The connections there are stay open, and nothing gets through any more, as with a cable that was pulled. */
  stall(): void {
    this.#pairs.forEach(([client, server]) => {
      client.unpipe(server);
      server.unpipe(client);
      // Otherwise the sockets' buffers would tell.
      client.on('data', () => {});
      server.on('data', () => {});
    });
  }

  /** The server's side ends, the client's stays open. */
  halfClose(): void {
    this.#pairs.forEach(([client, server]) => {
      server.unpipe(client);
      client.unpipe(server);
      client.end();
    });
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}

/** A client that connects there, whatever its URL says. */
export function client(url: string | ((url: string) => string), options: RealtimeOptions = {}, internals: Internals = {}): Realtime {
  const all: RealtimeOptions = {
    url: 'ws://127.0.0.1/realtime',
    token: () => 'acme',
    webSocket: (asked, protocols) => {
      const socket = new WebSocket(typeof url === 'string' ? url : url(asked), protocols);
      // Browsers have no such event, and `ws` throws where nobody listens.
      socket.on('error', () => {});
      return socket;
    },
    // As one that nobody caught, so that the test fails.
    onError: (error) => void Promise.reject(error as Error),
    ...options,
  };
  return new Realtime(all, internals);
}

/** Time that can be made to pass faster than it does, for a client that waits. Chance has no part in it. */
export class SwiftTime implements Environment {
  readonly #timers = new Map<Timer, { restart(): void; stop(): void }>();
  #pace = 1;
  #now = Date.now();
  #setAt = Date.now();

  now(): number {
    return this.#now + (Date.now() - this.#setAt) * this.#pace;
  }

  /** How many seconds pass in one, also of the timers that run. */
  set pace(pace: number) {
    [this.#now, this.#setAt, this.#pace] = [this.now(), Date.now(), pace];
    this.#timers.forEach((timer) => timer.restart());
  }

  setTimeout(callback: () => void, milliseconds: number): Timer {
    const id: Timer = {};
    const at = this.now() + milliseconds;
    const run = (): void => {
      this.#timers.delete(id);
      callback();
    };
    const start = (): ReturnType<typeof setTimeout> => setTimeout(run, (at - this.now()) / this.#pace);
    let running = start();
    const stop = (): void => clearTimeout(running);
    const restart = (): void => {
      stop();
      running = start();
    };
    this.#timers.set(id, { restart, stop });
    return id;
  }

  clearTimeout(timer: Timer): void {
    this.#timers.get(timer)?.stop();
    this.#timers.delete(timer);
  }

  random(): number {
    return 0.9;
  }

  readonly isOnline = browser.isOnline;
  readonly isVisible = browser.isVisible;
  readonly listen = browser.listen;
}

/** What a room got, and what went wrong. */
export class Audience {
  readonly numbers: number[] = [];
  gaps = 0;
  readonly states: string[] = [];
  readonly ready: Promise<void>;

  constructor(realtime: Realtime, room: string) {
    realtime.on('state', (state) => this.states.push(state));
    this.ready = realtime.subscribe<{ number: number }>(
      `room.${room}`,
      null,
      ({ number }) => void this.numbers.push(number),
      { replay: 'none', onGap: () => void this.gaps++ },
    ).ready;
  }
}

/**
 * Publishes at one node while something happens to the connection to another: all of it has to arrive, once and in order.
 * @param happen what happens, until the connection is back
 */
export async function whileSomethingHappens(
  realtime: Realtime,
  node: Node,
  room: string,
  happen: (audience: Audience) => Promise<void>,
): Promise<Audience> {
  const audience = new Audience(realtime, room);
  await audience.ready;
  const stop = publisher(node, room);
  await until('messages arrive', () => audience.numbers.length > 20);
  await happen(audience);
  const before = audience.numbers.length;
  await until('messages arrive again', () => audience.numbers.length > before + 20);
  const published = await stop();
  await until('all have arrived', () => audience.numbers.length >= published);
  expect(audience.numbers).toEqual(upTo(published));
  expect(audience.gaps).toBe(0);
  return audience;
}

/** Publishes numbers to a room of the tenant acme, until it is told to stop; answers how many. */
function publisher(node: Node, room: string, every = 5): () => Promise<number> {
  let running = true;
  const done = (async () => {
    let number = 0;
    for (; running; number++) {
      await node.post(`/acme/rooms/${room}?number=${number}`);
      await sleep(every);
    }
    return number;
  })();
  return () => {
    running = false;
    return done;
  };
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export async function until(what: string, condition: () => boolean | Promise<boolean>, milliseconds = 60_000): Promise<void> {
  for (const end = Date.now() + milliseconds; !(await condition()); await sleep(20)) {
    if (Date.now() > end) {
      throw new Error(`Waited ${milliseconds} ms until ${what}`);
    }
  }
}

export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
