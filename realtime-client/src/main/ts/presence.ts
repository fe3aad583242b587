import { attempt, Emitter } from './emitter.js';

/** What a subscription has to do with who is there. */
export type PresenceMode = 'join' | 'watch' | 'count';

export type PresenceStatus = 'online' | 'away' | 'busy';

/** A user on a channel, on however many pages and devices. */
export interface PresenceMember<I = unknown, D = unknown> {
  /** The name of the user. */
  readonly id: string;
  /** What the topic tells of its members. */
  readonly info: I;
  /** On how many pages and devices. */
  readonly sessions: number;
  readonly status: PresenceStatus;
  /** What the member set with `update`. */
  readonly data: D | undefined;
  /** Since when, in milliseconds since 1970. */
  readonly since: number;
}

/** What a member says about itself; what is absent stays as it is. */
export interface PresenceUpdate<D = unknown> {
  readonly status?: PresenceStatus | undefined;
  readonly data?: D | undefined;
}

/** Who is on a channel, as seen by a subscription with the option `presence`. Functions listen until what they return is called. */
export interface ChannelPresence<M extends PresenceMember = PresenceMember> {
  /** By the time they came. Another array after each change, with the same objects for who has not changed. */
  readonly members: readonly M[];
  readonly count: number;
  /** Called with all members as soon as they are known, and after each change. */
  here(listener: (members: readonly M[], count: number) => unknown): () => void;
  /** Called with each member that comes later. */
  joining(listener: (member: M) => unknown): () => void;
  leaving(listener: (member: M) => unknown): () => void;
  /** Called when the state, the information or the number of sessions of a member is another one. */
  updated(listener: (member: M) => unknown): () => void;
  /**
   * Says something about this user to the others, if the subscription has `presence: 'join'`. The newest state is sent at
   * most ten times a second, and again after each interruption.
   */
  update(state: PresenceUpdate<M['data']>): void;
}

/** The body of a control message `presence`. */
interface PresenceFrame {
  readonly version: number;
  /** The version that this is a difference to; of a snapshot there is none. */
  readonly from?: number;
  readonly count: number;
  readonly members?: readonly PresenceMember[];
  readonly joined?: readonly PresenceMember[];
  readonly updated?: readonly PresenceMember[];
  readonly left?: readonly string[];
}

/** What a frame changed. */
export interface PresenceChange {
  /** Nobody was known before, so that nobody comes or goes. */
  readonly isFirst: boolean;
  readonly joining: PresenceMember[];
  readonly updated: PresenceMember[];
  readonly leaving: PresenceMember[];
}

const MODES: readonly (PresenceMode | undefined)[] = [undefined, 'count', 'watch', 'join'];

/** The one that includes all the others. */
export function strongest(modes: Iterable<PresenceMode | undefined>): PresenceMode | undefined {
  return MODES[Math.max(0, ...[...modes].map((mode) => MODES.indexOf(mode)))];
}

/** Who is on a channel, from a snapshot and differences. It outlives the connection. */
export class PresenceState {
  members: readonly PresenceMember[] = [];
  count = 0;
  isKnown = false;
  readonly #byId = new Map<string, PresenceMember>();
  /** Whether the members are told, and not only their number. */
  #isListed = false;
  #version: number | undefined;

  /** What comes next has to be a snapshot. */
  expectSnapshot(): void {
    this.#version = undefined;
  }

  /** @returns what is different now; nothing for a frame from before a snapshot that is to come; `missed` if one is needed */
  apply(body: string): PresenceChange | 'missed' | undefined {
    const { version, from, count, members, joined = [], updated = [], left = [] } = JSON.parse(body) as PresenceFrame;
    if (from !== undefined && from !== this.#version) {
      return this.#version === undefined ? undefined : 'missed';
    }
    const change: PresenceChange = { isFirst: !this.#isListed, joining: [], updated: [], leaving: [] };
    const isOnlyCount = from === undefined && members === undefined;
    let isNews = !this.isKnown || count !== this.count || (isOnlyCount && this.#isListed);
    this.#version = version;
    this.isKnown = true;
    this.count = count;
    if (isOnlyCount) {
      this.#byId.clear();
      this.members = [];
      this.#isListed = false;
    } else if (from === undefined) {
      this.#isListed = true;
    }
    for (const id of from === undefined ? this.#without(members ?? []) : left) {
      const member = this.#byId.get(id);
      if (member !== undefined) {
        this.#byId.delete(id);
        change.leaving.push(member);
      }
    }
    for (const member of [...(members ?? []), ...joined, ...updated]) {
      const known = this.#byId.get(member.id);
      if (JSON.stringify(known) !== JSON.stringify(member)) {
        this.#byId.set(member.id, member);
        change[known === undefined ? 'joining' : 'updated'].push(member);
      }
    }
    if (change.joining.length + change.updated.length + change.leaving.length > 0) {
      isNews = true;
      this.members = [...this.#byId.values()].sort((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1));
    }
    return isNews ? change : undefined;
  }

  /** Who is not there any more. */
  #without(members: readonly PresenceMember[]): string[] {
    const present = new Set(members.map(({ id }) => id));
    return [...this.#byId.keys()].filter((id) => !present.has(id));
  }
}

interface PresenceEvents {
  here: PresenceState;
  joining: PresenceMember;
  updated: PresenceMember;
  leaving: PresenceMember;
}

const NOBODY = new PresenceState();

/** The presence of one subscription of the page. */
export class PagePresence implements ChannelPresence {
  readonly #events: Emitter<PresenceEvents>;
  readonly #onError: (error: unknown) => void;
  readonly #state: () => PresenceState | undefined;
  readonly update: (state: PresenceUpdate) => void;

  constructor(state: () => PresenceState | undefined, update: (state: PresenceUpdate) => void, onError: (error: unknown) => void) {
    this.#state = state;
    this.update = update;
    this.#onError = onError;
    this.#events = new Emitter(onError);
  }

  get members(): readonly PresenceMember[] {
    return this.#current.members;
  }

  get count(): number {
    return this.#current.count;
  }

  here(listener: (members: readonly PresenceMember[], count: number) => unknown): () => void {
    let isWaiting = this.#current.isKnown;
    const tell = ({ members, count }: PresenceState): unknown => {
      isWaiting = false;
      return listener(members, count);
    };
    const stop = this.#events.on('here', tell);
    queueMicrotask(() => {
      if (isWaiting) {
        void attempt(() => tell(this.#current), this.#onError);
      }
    });
    return () => {
      isWaiting = false;
      stop();
    };
  }

  joining(listener: (member: PresenceMember) => unknown): () => void {
    return this.#events.on('joining', listener);
  }

  leaving(listener: (member: PresenceMember) => unknown): () => void {
    return this.#events.on('leaving', listener);
  }

  updated(listener: (member: PresenceMember) => unknown): () => void {
    return this.#events.on('updated', listener);
  }

  changed({ isFirst, joining, updated, leaving }: PresenceChange): void {
    if (!isFirst) {
      joining.forEach((member) => this.#events.emit('joining', member));
      updated.forEach((member) => this.#events.emit('updated', member));
      leaving.forEach((member) => this.#events.emit('leaving', member));
    }
    this.#events.emit('here', this.#current);
  }

  get #current(): PresenceState {
    return this.#state() ?? NOBODY;
  }
}
