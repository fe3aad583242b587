import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type CallError, connect, type PresenceMember, type Realtime, type Subscription } from '../../main/ts/index.js';
import { FakeSocket } from './fake-socket.js';

const VALUES: Readonly<Record<string, string>> = { session: 's1', epoch: 'k3f9', timestamp: '1790000000000', since: '1790000000000' };

beforeEach(() => void vi.useFakeTimers());

afterEach(() => void vi.useRealTimers());

/** Frames and instructions, in their order. */
function script(file: string): [kind: string, text: string][] {
  const lines = readFileSync(new URL(`../transcripts/${file}`, import.meta.url), 'utf8').split('\n');
  const result: [string, string][] = [];
  let frame = '';
  for (const line of lines.filter((text) => /^[<>!]/.test(text))) {
    const [kind, text] = [line.charAt(0), line.slice(2).replace(/\{(\w+)\}/g, (_, name: string) => VALUES[name] ?? name)];
    if (kind === '!') {
      result.push([kind, text]);
    } else if (text.endsWith('^@')) {
      result.push([kind, `${frame}${text.slice(0, -2)}\0`]);
      frame = '';
    } else {
      frame += `${text}\n`;
    }
  }
  return result;
}

class Page {
  readonly #sockets: FakeSocket[] = [];
  readonly #received: string[] = [];
  readonly #subscriptions: Subscription[] = [];
  readonly realtime: Realtime = connect({
    url: 'ws://example.org/realtime',
    webSocket: (url, protocols) => {
      const socket = new FakeSocket(url, protocols);
      this.#sockets.push(socket);
      return socket;
    },
  });

  get #socket(): FakeSocket {
    const socket = this.#sockets.at(-1);
    if (socket === undefined) {
      throw new Error('nobody connected');
    }
    return socket;
  }

  async act(text: string): Promise<void> {
    const [, what = '', topic = '', ...rest] = /^(\S+) ?(\S*) ?(\S*) ?(\S*)$/.exec(text) ?? [];
    switch (what) {
      case 'subscribe':
        this.#subscribe(topic);
        break;
      case 'filter':
        this.#subscribe(topic, JSON.parse(rest[0] ?? '') as Record<string, number[]>, 'none');
        break;
      case 'join':
        this.#join(topic);
        break;
      case 'update':
        this.#subscriptions[0]?.presence.update(JSON.parse(rest[0] ?? '') as object);
        break;
      case 'call':
        this.realtime.call(topic).then(
          (reply) => this.#received.push(`reply ${JSON.stringify(reply)}`),
          ({ code }: CallError) => this.#received.push(`error ${code}`),
        );
        break;
      case 'unsubscribe':
        this.#subscriptions[0]?.unsubscribe();
        break;
      case 'connect':
        await vi.advanceTimersByTimeAsync(1_000);
        this.#socket.open();
        break;
      case 'cut':
        this.#socket.end(1006);
        break;
      case 'expect':
        expect(this.#received.shift()).toBe([topic, ...rest].join(' ').trim());
        break;
      default:
    }
    await vi.advanceTimersByTimeAsync(1);
  }

  #subscribe(topic: string, filter?: Record<string, number[]>, replay?: 'none'): void {
    const subscription = this.realtime.subscribe(
      topic,
      filter,
      (data, message) => {
        const mark = message.replay ? ' replay' : message.recovered ? ' recovered' : '';
        this.#received.push(`${topic} ${JSON.stringify(data)}${mark}`);
      },
      { replay },
    );
    subscription.on('denied', ({ code }) => this.#received.push(`${topic} denied ${code}`));
    this.#subscriptions.push(subscription);
  }

  #join(topic: string): void {
    const subscription = this.realtime.subscribe(topic, null, { presence: 'join' });
    const show = (members: readonly PresenceMember[]): string => members.map(({ id, status }) => `${id}:${status}`).join();
    subscription.presence.here((members) => this.#received.push(`${topic} ${show(members)}`));
    this.#subscriptions.push(subscription);
  }

  says(): string {
    return this.#socket.sent.shift() ?? 'nothing';
  }

  async hears(text: string, split: number): Promise<void> {
    this.#socket.receive(text.slice(0, split % text.length));
    this.#socket.receive(text.slice(split % text.length));
    await vi.advanceTimersByTimeAsync(1);
  }

  nothingElse(): void {
    expect([this.#received, this.#socket.sent]).toEqual([[], []]);
  }
}

test.each(['recover.txt', 'together.txt'])('the client says and understands what is in %s, wherever messages are split', async (file) => {
  for (let split = 0; split < 250; split += 7) {
    const page = new Page();
    for (const [kind, text] of script(file)) {
      if (kind === '!') {
        await page.act(text);
      } else if (kind === '>') {
        expect(page.says()).toBe(text);
      } else {
        await page.hears(text, split);
      }
    }
    page.nothingElse();
    page.realtime.close();
  }
});
