import { type ChildProcess, spawn } from 'node:child_process';
import { connect as tcp, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import WebSocket from 'ws';
import { connect, type Realtime, type RealtimeOptions } from '../../../main/ts/index.js';

function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`These tests are run by dev.realtime.system.ClientTests, which sets ${name}`);
  }
  return value;
}

/** A node in a process of its own; all nodes share a Redis. */
export class Node {
  #process: ChildProcess | undefined;
  port = 0;

  static async started(): Promise<Node> {
    const node = new Node();
    await node.start();
    return node;
  }

  /** On the port it had, if there was one. */
  async start(): Promise<void> {
    const [command = '', ...args] = JSON.parse(environment('TEST_NODE')) as string[];
    const child = spawn(command, [
      ...args,
      `--server.port=${this.port}`,
      '--spring.data.redis.host=127.0.0.1',
      `--spring.data.redis.port=${environment('TEST_REDIS_PORT')}`,
    ]);
    this.#process = child;
    let log = '';
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (data) => {
        log += String(data);
        if (/: Started \w+ in /.test(log)) {
          resolve();
        }
      });
      child.stderr.on('data', (data) => (log += String(data)));
      child.on('exit', (code) => reject(new Error(`The node ended with ${code}:\n${log}`)));
    });
    this.port = Number(/Tomcat started on port (\d+)/.exec(log)?.[1]);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child !== undefined && child.exitCode === null) {
      const ended = new Promise((resolve) => child.on('exit', resolve));
      child.kill(signal);
      await ended;
    }
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  async post(path: string): Promise<void> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, { method: 'POST' });
    if (!response.ok) {
      throw new Error(`POST ${path}: ${response.status}`);
    }
  }

  /** A meter, such as the number of subscriptions. */
  async meter(name: string): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${this.port}/actuator/metrics/${name}`);
    const { measurements } = (await response.json()) as { measurements: { value: number }[] };
    return measurements[0]?.value ?? Number.NaN;
  }

  url(): string {
    return `ws://127.0.0.1:${this.port}/realtime`;
  }
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
export function client(url: string | ((url: string) => string), options: RealtimeOptions = {}): Realtime {
  return connect({
    url: 'ws://127.0.0.1/realtime',
    token: () => 'acme',
    webSocket: (asked, protocols) => {
      const socket = new WebSocket(typeof url === 'string' ? url : url(asked), protocols);
      // Browsers have no such event, and `ws` throws where nobody listens.
      socket.on('error', () => {});
      return socket;
    },
    onError: (error) => {
      throw error;
    },
    ...options,
  });
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

/** Publishes numbers to a room of the tenant acme, until it is told to stop; answers how many. */
export function publisher(node: Node, room: string, every = 5): () => Promise<number> {
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
