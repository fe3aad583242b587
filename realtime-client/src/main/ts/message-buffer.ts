import type { DataMessage, GapMessage, Message, Refusal } from './types.js';

/** What a loop may be behind. */
const CAPACITY = 1_000;

const OVERFLOW: Refusal = {
  code: 'history-lost',
  detail: `The loop was more than ${CAPACITY} messages behind, fetch the data again`,
};

/** Messages that wait for a loop. When it is full, what waits is lost, and the loop gets a gap instead. */
export class MessageBuffer {
  #waiting: Message[] = [];
  readonly #readers: { resolve: (result: IteratorResult<Message, undefined>) => void; reject: (error: Error) => void }[] = [];
  #ended = false;
  #error: Error | undefined;

  add(message: DataMessage | GapMessage): void {
    const reader = this.#readers.shift();
    if (reader !== undefined) {
      reader.resolve({ done: false, value: message });
    } else if (this.#waiting.length < CAPACITY) {
      this.#waiting.push(message);
    } else {
      this.#waiting = [{ topic: message.topic, data: undefined, gap: OVERFLOW, replay: false, recovered: false }, message];
    }
  }

  /** Ends the loop once it has read what waits, with the error if there is one. */
  end(error?: Error): void {
    this.#ended = true;
    this.#error = error;
    for (const reader of this.#readers.splice(0)) {
      this.#finish().then(reader.resolve, reader.reject);
    }
  }

  next(): Promise<IteratorResult<Message, undefined>> {
    const message = this.#waiting.shift();
    if (message !== undefined) {
      return Promise.resolve({ done: false, value: message });
    }
    if (this.#ended) {
      return this.#finish();
    }
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
  }

  #finish(): Promise<IteratorResult<Message, undefined>> {
    const error = this.#error;
    this.#error = undefined;
    return error === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(error);
  }
}
