import axios from 'axios';
import Echo from 'laravel-echo';
import { afterAll, describe, expect, test } from 'vitest';
import { RealtimeConnector } from '../../../main/ts/echo.js';
import { axiosInterceptor, CallError, type PresenceMember, type Realtime, type Sender, type Subscription } from '../../../main/ts/index.js';
import { client, Proxy, sharedNodes, sleep, until } from './nodes.js';

const nodes = sharedNodes();

/** How long a member stays whose connection broke: `realtime.presence.leave-grace` of the nodes. */
const GRACE = 4_000;

const used: { close(): void }[] = [];

/** A page of a user of the tenant acme. */
function page(user: string, url: Parameters<typeof client>[0], options: Parameters<typeof client>[1] = {}): Realtime {
  const realtime = client(url, { token: () => `${user}.acme`, ...options });
  used.push(realtime);
  return realtime;
}

/** A proxy in front of the first node. */
async function proxied(): Promise<Proxy> {
  const proxy = await Proxy.to(() => nodes[0].port);
  used.push(proxy);
  return proxy;
}

afterAll(() => used.forEach((each) => each.close()));

async function orders(): Promise<number> {
  return Number(await (await fetch(`http://127.0.0.1:${nodes[0].port}/orders`)).text());
}

type Viewer = PresenceMember<{ readonly name: string }, { readonly cursor: number }>;

/** A member of a document, and what it hears of the others. */
class Member {
  readonly told: string[] = [];
  readonly subscription: Subscription<unknown, Viewer>;

  constructor(realtime: Realtime, document: string) {
    this.subscription = realtime.subscribe<unknown, Viewer>(`document.${document}`, null, { presence: 'join' });
    this.subscription.presence.joining(({ id }) => this.told.push(`+${id}`));
    this.subscription.presence.leaving(({ id }) => this.told.push(`-${id}`));
  }

  sees(...ids: string[]): Promise<void> {
    const current = (): string => this.subscription.presence.members.map(({ id }) => id).join();
    return until(`${ids.join()} are there`, () => current() === ids.join()).catch((error: unknown) => {
      throw new Error(`${String(error)}, and not ${current()}`);
    });
  }

  get(id: string): Viewer | undefined {
    return this.subscription.presence.members.find((member) => member.id === id);
  }
}

describe('calls', () => {
  test('calls are answered, and errors say what is wrong', async () => {
    const realtime = page('ada', nodes[0].url());
    const replies = await Promise.all([realtime.call('/app/sum', [1, 2, 3]), realtime.call('/app/name'), realtime.call('/app/nothing')]);
    expect(replies).toEqual([6, 'ada', null]);
    await expect(realtime.call('/app/sum', { not: 'a list' })).rejects.toMatchObject({ name: 'CallError', code: 'invalid-request' });
    await expect(realtime.call('/app/secret')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(realtime.call('/app/no/such')).rejects.toMatchObject({ code: 'unknown-destination' });
    await expect(realtime.call('/app/sold-out')).rejects.toMatchObject({ code: 'sold-out', body: { left: 0 } });
    expect(await realtime.call('/app/sum', [])).toBe(0);
  });

  test('a call is not waited for longer than its time-out and its signal say', async () => {
    const realtime = page('ada', nodes[0].url());
    const start = Date.now();
    await expect(realtime.call('/app/order', null, { timeout: 500 })).rejects.toMatchObject({ code: 'timeout' });
    expect(Date.now() - start).toBeLessThan(1_900);
    await expect(realtime.call('/app/order', null, { signal: AbortSignal.timeout(100) })).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(await realtime.call('/app/order')).toBeGreaterThan(2);
  });

  test('a call that the connection is lost under fails, and is never sent twice; one without a connection waits for it', async () => {
    const proxy = await proxied();
    const realtime = page('ada', proxy.url());
    await realtime.call('/app/nothing');
    const before = await orders();
    const lost = realtime.call('/app/order').catch((error: unknown) => error);
    await until('the server has it', async () => (await orders()) === before + 1);
    proxy.refuse(true);
    proxy.cut();
    expect(await lost).toBeInstanceOf(CallError);
    expect(await lost).toMatchObject({ code: 'connection-lost' });
    const waiting = realtime.call('/app/order');
    await sleep(500);
    proxy.refuse(false);
    expect(await waiting).toBe(before + 2);
    expect(await orders()).toBe(before + 2);
  });
});

describe.concurrent('events', () => {
  test('reach the others, and say whose they are', async () => {
    const pages = [page('ada', nodes[0].url()), page('ben', nodes[0].url()), page('eva', nodes[1].url())] as const;
    const heard: string[] = [];
    const senders: (Sender | undefined)[] = [];
    const subscriptions = pages.map((realtime, i) => {
      const subscription = realtime.subscribe('document.events', null, () => {});
      subscription.listen('typing', (data, { from, ephemeral }) => {
        heard.push(`${String(data)} at ${['ada', 'ben', 'eva'][i]}${ephemeral ? '' : '!'}`);
        senders.push(from);
      });
      return subscription;
    });
    await Promise.all(subscriptions.map(({ ready }) => ready));
    const [ada] = subscriptions as [Subscription];
    await ada.send('typing', 'one');
    await until('both others hear it', () => heard.length === 2);
    await ada.send('typing', 'two', { user: 'eva' });
    await until('eva hears it', () => heard.length === 3);
    await ada.send('typing', 'three', { to: 'all' });
    await until('all hear it', () => heard.length === 6);
    expect(heard.sort()).toEqual(['one at ben', 'one at eva', 'three at ada', 'three at ben', 'three at eva', 'two at eva']);
    expect(senders.map((sender) => sender?.user)).toEqual(Array(6).fill('ada'));
    expect(new Set(senders.map((sender) => sender?.connection)).size).toBe(1);
    expect(senders[0]?.connection).not.toBe(pages[0].connectionId);
  });

  test('are refused where nobody may send, where they are not valid, and where there is no connection', async () => {
    const realtime = page('ada', nodes[0].url());
    const room = realtime.subscribe('room.silent', null, () => {});
    await expect(room.send('typing')).rejects.toMatchObject({ name: 'SendError', code: 'not-connected' });
    await room.ready;
    await expect(room.send('typing')).rejects.toMatchObject({ code: 'forbidden' });
    const document = realtime.subscribe('document.edited', null, () => {});
    await document.send('edit', { version: 1 });
    const refused = expect(document.send('edit', { version: 1 }));
    await refused.rejects.toMatchObject({ code: 'invalid-event', detail: 'Somebody was faster', data: { version: 2 } });
  });

  test('of laravel-echo: a presence channel, and whispers', async () => {
    const echos = (['ada', 'ben'] as const).map(
      (user, i) => new Echo<'function'>({ broadcaster: RealtimeConnector, realtime: page(user, nodes[i as 0 | 1].url()), withoutInterceptors: true }),
    );
    const told: string[] = [];
    const [ada, ben] = echos as [Echo<'function'>, Echo<'function'>];
    const names = (members: readonly { name: string }[]): string => members.map(({ name }) => name).join();
    ada
      .join('document.echo')
      .here((members: { name: string }[]) => told.push(`here ${names(members)}`))
      .joining(({ id }: { id: string }) => told.push(`+${id}`))
      .leaving(({ id }: { id: string }) => told.push(`-${id}`))
      .listenForWhisper('typing', ({ by }: { by: string }) => told.push(`${by} types`));
    await until('ada is there', () => told.length === 1);
    const channel = ben.join('document.echo').here(() => channel.whisper('typing', { by: 'ben' }));
    await until('the whisper is heard', () => told.length === 3);
    ben.leave('document.echo');
    await until('ben is gone', () => told.length === 4);
    // A whisper may be faster than the news that somebody came.
    expect([told[0], told.slice(1, 3).sort(), told[3]]).toEqual(['here ADA', ['+ben', 'ben types'], '-ben']);
  });

  test('what is published to a user comes to all pages of that user, and nothing is missed while they are away', async () => {
    const proxy = await proxied();
    const pages = [page('ada', proxy.url()), page('ada', nodes[1].url()), page('ben', nodes[0].url())];
    const received = await Promise.all(
      pages.map(async (realtime) => {
        const numbers: number[] = [];
        await realtime.me<{ number: number }>(({ number }) => numbers.push(number), { replay: 'none', onGap: () => numbers.push(-1) }).ready;
        return numbers;
      }),
    );
    await nodes[1].post('/acme/users/ada?number=1');
    await until('both pages have it', () => received[0]?.length === 1 && received[1]?.length === 1);
    proxy.refuse(true);
    proxy.cut();
    await nodes[1].post('/acme/users/ada?number=2');
    await nodes[1].post('/acme/users/ada?number=3');
    await nodes[1].post('/acme/users/ben?number=4');
    await nodes[1].post('/globex/users/ada?number=5');
    proxy.refuse(false);
    await until('all have arrived', () => received.flat().length === 7);
    expect(received).toEqual([[1, 2, 3], [1, 2, 3], [4]]);
  });

  test('who publishes by HTTP is not told, if the request says which connection it comes from', async () => {
    const pages = nodes.map((node) => page('ada', node.url(), { url: node.url() })) as [Realtime, Realtime];
    const heard = await Promise.all(
      pages.map(async (realtime) => {
        const numbers: number[] = [];
        await realtime.subscribe<{ number: number }>('room.others', null, (data) => numbers.push(data?.number ?? -1), { replay: 'none' }).ready;
        return numbers;
      }),
    );
    const url = (number: number, node = nodes[0]): string => `http://127.0.0.1:${node.port}/acme/rooms/others/others?number=${number}`;
    await pages[0].fetch(url(1), { method: 'POST' });
    const instance = axios.create();
    instance.interceptors.request.use(axiosInterceptor(pages[0]));
    await instance.post(url(2));
    // That one is of another origin, and not told the connection.
    await pages[0].fetch(url(3, nodes[1]), { method: 'POST' });
    await fetch(url(4), { method: 'POST' });
    await until('all have arrived', () => heard.flat().length === 6);
    // They went through two nodes.
    expect(heard.map((numbers) => numbers.sort())).toEqual([
      [3, 4],
      [1, 2, 3, 4],
    ]);
  });
});

describe.concurrent('presence', () => {
  test('two pages at two nodes see each other, and what each says about itself', async () => {
    const ada = new Member(page('ada', nodes[0].url()), 'seen');
    await ada.sees('ada');
    const benPage = page('ben', nodes[1].url());
    const ben = new Member(benPage, 'seen');
    await Promise.all([ada.sees('ada', 'ben'), ben.sees('ada', 'ben')]);
    expect(ada.get('ben')).toMatchObject({ info: { name: 'BEN' }, sessions: 1, status: 'online' });
    ada.subscription.presence.update({ status: 'busy', data: { cursor: 1 } });
    for (let cursor = 2; cursor <= 30; cursor++) {
      ada.subscription.presence.update({ data: { cursor } });
      await sleep(10);
    }
    await until('the newest is seen', () => ben.get('ada')?.data?.cursor === 30);
    expect(ben.get('ada')?.status).toBe('busy');
    expect(ada.subscription.presence.count).toBe(2);
    benPage.close();
    await ada.sees('ada');
    expect(ada.told).toEqual(['+ben', '-ben']);
  });

  test('a page that is loaded again within the grace goes unnoticed', async () => {
    const watcher = new Member(page('ben', nodes[1].url()), 'reloaded');
    await watcher.sees('ben');
    const proxy = await proxied();
    const before = page('ada', proxy.url());
    await new Member(before, 'reloaded').subscription.ready;
    await watcher.sees('ben', 'ada');
    const since = watcher.get('ada')?.since;
    proxy.refuse(true);
    proxy.cut();
    before.close();
    await sleep(500);
    const after = page('ada', nodes[0].url());
    await new Member(after, 'reloaded').sees('ben', 'ada');
    await sleep(GRACE + 2_000);
    await watcher.sees('ben', 'ada');
    expect(watcher.get('ada')).toMatchObject({ since, sessions: 1 });
    expect(watcher.told).toEqual(['+ada']);
    after.close();
    await watcher.sees('ben');
  });

  test('a member that comes back says again what it said about itself', async () => {
    const proxy = await proxied();
    const [ada, ben] = [new Member(page('ada', proxy.url()), 'again'), new Member(page('ben', nodes[1].url()), 'again')];
    ada.subscription.presence.update({ status: 'away' });
    await until('it is seen', () => ben.get('ada')?.status === 'away');
    proxy.refuse(true);
    proxy.cut();
    await until('the grace is over', () => ben.told.includes('-ada'));
    proxy.refuse(false);
    await until('it is seen again', () => ben.get('ada')?.status === 'away');
    expect(ada.told.filter((what) => what.endsWith('ada'))).toEqual([]);
  });

  test('a page that first only looks on becomes a member, and none of its messages is lost', async () => {
    const realtime = page('ada', nodes[0].url());
    const watching = realtime.subscribe('document.later', null, () => {}, { presence: 'watch' });
    await watching.ready;
    const ben = new Member(page('ben', nodes[1].url()), 'later');
    await ben.sees('ben');
    const ada = new Member(realtime, 'later');
    await ben.sees('ben', 'ada');
    await ada.sees('ben', 'ada');
    expect(realtime.subscriptionCount).toBe(1);
    ada.subscription.unsubscribe();
    await ben.sees('ben');
    await until('it looks on', () => watching.presence.members.length === 1);
    expect(watching.state).toBe('live');
  });
});
