import { CONTROL_CODES, isTemporary } from './codes.js';
import { isAfter } from './position.js';
import type { Headers } from './transport.js';
import type { DataMessage, Filter, Refusal } from './types.js';

/** What the page has of a subscription. */
export interface Member {
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

  /** Whether SUBSCRIBE was sent on this connection. */
  isSent = false;

  /** Whether the server does not want it for the moment. */
  isHeldBack = false;

  #isLive = false;
  /** Where to recover from: everything up to there was delivered, or was not wanted. */
  #since: string | undefined;
  /** Where the channel stood when the subscription became live: `since` once all that comes first has come. */
  #liveAt: string | undefined;
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

  /** The headers of SUBSCRIBE. */
  headers(token: string | undefined): Record<string, string> {
    const { filterText, replay } = this.subject;
    return {
      id: this.id,
      receipt: this.id,
      ...(filterText !== undefined && { filter: filterText }),
      ...(this.#since !== undefined ? { since: this.#since } : replay !== undefined && { replay }),
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
    this.#liveAt = undefined;
    if (this.#isLive) {
      this.#isLive = false;
      this.#tell((member) => member.interrupted());
    }
  }

  onReceipt(headers: Headers): void {
    this.#liveAt = headers['position'];
    if (this.subject.replay === 'none' && this.#since === undefined) {
      this.settle();
    }
    this.#isLive = true;
    this.#tell((member) => member.live());
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

  /** A publication. One that was delivered already is ignored. */
  onMessage(headers: Headers, body: string): DataMessage | undefined {
    const position = headers['message-id'] ?? '';
    if (!isAfter(position, this.#delivered)) {
      return undefined;
    }
    const replay = headers['replay'] === 'true';
    const message: DataMessage = {
      topic: this.subject.topic,
      data: JSON.parse(body) as unknown,
      position,
      timestamp: Number(headers['timestamp']),
      event: headers['event'],
      replay,
      recovered: headers['recovered'] === 'true',
    };
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

  /** Messages are lost: what follows is complete again. */
  onGap(gap: Refusal): void {
    this.settle();
    this.#lastIsExact = false;
    this.#tell((member) => member.gap(gap));
  }

  onRefused(kind: 'denied' | 'revoked', refusal: Refusal): void {
    this.#isLive = false;
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
  return { code, detail: detail ?? (CONTROL_CODES as Readonly<Record<string, string>>)[code] ?? code };
}

/** Whether to try again what was denied. */
export function isWorthAnotherTry({ code }: Refusal): boolean {
  return isTemporary(code);
}
