import { isTemporary, meaning } from './codes.js';
import type { OwnPresence } from './own-presence.js';
import { isAfter } from './position.js';
import { type PagePresence, type PresenceMode, PresenceState, type PresenceUpdate, strongest } from './presence.js';
import type { Headers } from './transport.js';
import type { DataMessage, Filter, Refusal } from './types.js';

export const DESTINATION_PREFIX = '/realtime/';

/** The header of messages that are no publications. */
export const CONTROL = 'realtime-control';

/** What the page has of a subscription. */
export interface Member {
  readonly mode: PresenceMode | undefined;
  readonly presence: PagePresence;
  live(): void;
  /** Not live any more; it will be again. */
  interrupted(): void;
  receive(message: DataMessage): void;
  gap(gap: Refusal): void;
  /** The end. */
  refused(kind: 'denied' | 'revoked', refusal: Refusal): void;
}

/** What all equal subscriptions of a page have in common. */
export interface Subject {
  readonly topic: string;
  readonly filter: Filter | undefined;
  /** The filter as JSON. */
  readonly filterText: string | undefined;
  readonly replay: 'last' | 'none' | undefined;
}

/** One subscription on the wire, for all equal subscriptions of the page. It outlives the connection. */
export class SharedSubscription {
  readonly id: string;
  readonly subject: Subject;
  readonly members = new Set<Member>();

  /** What the RECEIPT of the last SUBSCRIBE says. */
  receipt = '';

  /** Whether SUBSCRIBE was sent on this connection, or is about to be. */
  isSent = false;

  /** Whether the server has it, or will have. */
  isOnWire = false;

  /** Whether the server does not want it for the moment. */
  isHeldBack = false;

  presence: PresenceState | undefined;

  own: OwnPresence | undefined;

  /** What SUBSCRIBE said about presence. */
  #mode: PresenceMode | undefined;
  #isLive = false;
  /** Whether the server has said that the page is a member. */
  #isMember = false;
  /** Where to recover from: everything up to there was delivered, or was not wanted. */
  #since: string | undefined;
  /** Where the channel stood when the subscription became live: `since` once all that comes first has come. */
  #liveAt: string | undefined;
  /** Where it stood when the connection was lost: `since`, or if that was not clear yet where the server had begun. */
  #leftAt: string | undefined;
  #delivered: string | undefined;
  #last: DataMessage | undefined;
  /** Whether `#last` is what the server would replay now. */
  #lastIsExact = true;

  constructor(id: string, subject: Subject) {
    this.id = id;
    this.subject = subject;
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  get since(): string | undefined {
    return this.#since;
  }

  /** What its members want to know about presence. */
  get mode(): PresenceMode | undefined {
    return strongest([...this.members].map(({ mode }) => mode));
  }

  /** Whether the server has it with something else about presence than what its members want. */
  get isOutdated(): boolean {
    return this.#isLive && this.isSent && this.#mode !== this.mode;
  }

  /**
   * The headers of SUBSCRIBE, which is sent now. Where one was sent before, nothing is missed between them.
   * @param serial unlike that of any other, so that it is not taken as live when an earlier one is
   */
  headers(serial: number, token: string | undefined): Record<string, string> {
    const { filterText, replay } = this.subject;
    const since = this.#since ?? this.#liveAt;
    this.#mode = this.mode;
    if (this.#mode === undefined) {
      this.presence = undefined;
    }
    this.presence?.expectSnapshot();
    this.#isMember = false;
    this.own?.left();
    if (this.#mode !== 'join') {
      // Who joins later has not said anything yet.
      this.own = undefined;
    }
    this.receipt = `${this.id}.${serial}`;
    return {
      id: this.id,
      receipt: this.receipt,
      ...(filterText !== undefined && { filter: filterText }),
      ...(since !== undefined ? { since } : replay !== undefined && { replay }),
      ...(this.#mode !== undefined && { presence: this.#mode }),
      ...(token !== undefined && { token }),
    };
  }

  /**
   * What another member has to be given first; `unknown` if only the server can tell.
   * @param topicReplays whether the topic is known to replay to who does not say
   */
  replayFor(topicReplays: boolean | undefined): DataMessage | 'nothing' | 'unknown' {
    const { replay } = this.subject;
    if (replay === 'none' || (replay === undefined && topicReplays === false)) {
      return 'nothing';
    }
    if (!this.#lastIsExact) {
      return 'unknown';
    }
    if (this.#last === undefined) {
      return 'nothing';
    }
    return replay === 'last' || topicReplays === true ? { ...this.#last, replay: true, recovered: false } : 'unknown';
  }

  /** The connection is gone. */
  interrupt(): void {
    this.isSent = false;
    this.isHeldBack = false;
    this.#leftAt = this.#since ?? this.#liveAt ?? this.#leftAt;
    this.#liveAt = undefined;
    this.#isMember = false;
    this.own?.left();
    if (this.#isLive) {
      this.#isLive = false;
      this.#tell((member) => member.interrupted());
    }
  }

  onReceipt(headers: Headers): void {
    const { position, recovered } = headers;
    // The newest message may come, but nobody knows whether there were others.
    const isMissing = recovered === undefined && this.#leftAt !== undefined && this.#leftAt !== position;
    this.#leftAt = undefined;
    this.#liveAt = position;
    if (this.subject.replay === 'none' && this.#since === undefined) {
      this.settle();
    }
    this.#isLive = true;
    this.#isMember = this.#mode === 'join';
    if (this.#isMember) {
      this.own?.joined();
    }
    this.#tell((member) => member.live());
    if (isMissing) {
      this.#tellGap({ code: 'history-lost', detail: meaning('history-lost') });
    }
  }

  /** @returns whether the frame fits to those before; if not, the server has to be asked anew */
  onPresence(body: string): boolean {
    const presence = (this.presence ??= new PresenceState());
    const change = presence.apply(body);
    if (change === 'missed') {
      return false;
    }
    if (change !== undefined) {
      this.#tell((member) => member.presence.changed(change));
    }
    return true;
  }

  /** What a member says about itself from now on. */
  updatePresence(state: PresenceUpdate, create: () => OwnPresence): void {
    const isNew = this.own === undefined;
    this.own ??= create();
    this.own.update(state);
    if (isNew && this.#isMember) {
      this.own.joined();
    }
  }

  /**
   * All that comes first has come.
   * @returns whether that was nothing
   */
  settle(): boolean {
    if (this.#liveAt === undefined) {
      return false;
    }
    this.#since = this.#liveAt;
    this.#liveAt = undefined;
    return this.#delivered === undefined;
  }

  /** Everything up to there has come, or was kept back by the filter. */
  onPosition(position: string): void {
    // Otherwise it is about one of this name that has ended.
    if (this.#isLive) {
      this.#liveAt = undefined;
      this.#since = position;
    }
  }

  /** A publication. One that was delivered already is ignored. */
  onMessage(headers: Headers, body: string): DataMessage | undefined {
    if (headers['ephemeral'] === 'true') {
      const message = this.#message(headers, body, undefined);
      this.#tell((member) => member.receive(message));
      return message;
    }
    const position = headers['message-id'] ?? '';
    if (!isAfter(position, this.#delivered)) {
      return undefined;
    }
    const message = this.#message(headers, body, position);
    const { replay } = message;
    this.#delivered = position;
    this.#last = message;
    this.#lastIsExact = true;
    if (replay) {
      this.settle();
    } else {
      this.#since = position;
      if (!message.recovered) {
        this.#liveAt = undefined;
      }
    }
    this.#tell((member) => member.receive(message));
    return message;
  }

  #message(headers: Headers, body: string, position: string | undefined): DataMessage {
    const { 'from-user': user, 'from-connection': connection = '' } = headers;
    return {
      topic: this.subject.topic,
      data: JSON.parse(body) as unknown,
      position,
      timestamp: Number(headers['timestamp']),
      event: headers['event'],
      replay: headers['replay'] === 'true',
      recovered: headers['recovered'] === 'true',
      ephemeral: position === undefined,
      from: user === undefined ? undefined : { user, connection },
    };
  }

  /** Messages are lost: what follows is complete again. */
  onGap(gap: Refusal): void {
    this.settle();
    // A server that lost its newest messages goes on from before what was delivered.
    this.#delivered = this.#since;
    this.#tellGap(gap);
  }

  #tellGap(gap: Refusal): void {
    this.#lastIsExact = false;
    this.#tell((member) => member.gap(gap));
  }

  onRefused(kind: 'denied' | 'revoked', refusal: Refusal): void {
    this.#isLive = false;
    this.own?.left();
    this.#tell((member) => member.refused(kind, refusal));
  }

  #tell(what: (member: Member) => void): void {
    for (const member of [...this.members]) {
      if (this.members.has(member)) {
        what(member);
      }
    }
  }
}

/** The body of a control message. */
export function refusal(body: string): Refusal {
  const { code = 'unavailable', detail } = JSON.parse(body) as Partial<Refusal>;
  return { code, detail: detail ?? meaning(code) };
}

/** Where a subscription is, as the server says. */
export function position(body: string): string {
  return (JSON.parse(body) as { readonly position: string }).position;
}

/** Whether to try again what was denied. */
export function isWorthAnotherTry({ code }: Refusal): boolean {
  return isTemporary(code);
}
