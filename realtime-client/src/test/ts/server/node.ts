import { type ChildProcess, spawn } from 'node:child_process';

function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`These tests are run by dev.realtime.system.ClientTests, which sets ${name}`);
  }
  return value;
}

/** A node in a process; all nodes share a Redis. */
export class Node {
  port: number;

  constructor(port: number) {
    this.port = port;
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

/** A node that may be ended, by those who started it. */
export class OwnNode extends Node {
  #process: ChildProcess | undefined;

  static async started(): Promise<OwnNode> {
    const node = new OwnNode(0);
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
}
