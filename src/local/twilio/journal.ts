/** A call as it may be shown: who, what, how it ended. Never a credential or a body. */
export interface TwilioCall {
  readonly at: Date;
  readonly method: string;
  /** The pattern of the path, for example `/v1/AuthTokens/Secondary`; `*` where none fits. */
  readonly route: string;
  readonly accountSid?: string;
  readonly credential?: 'primary' | 'secondary' | 'key';
  readonly status: number;
  /** Twilio's error code. */
  readonly code?: number;
}

export type CallListener = (call: TwilioCall) => void;

/** The latest calls, oldest first, and those who want to hear of each. */
export class Journal {
  readonly #calls: TwilioCall[] = [];
  readonly #listeners = new Set<CallListener>();

  get calls(): readonly TwilioCall[] {
    return this.#calls;
  }

  add(call: TwilioCall): void {
    this.#calls.push(call);
    if (this.#calls.length > kept) this.#calls.shift();
    for (const listener of this.#listeners) listener(call);
  }

  /** Answers a function that ends it. */
  onCall(listener: CallListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

const kept = 10_000;
