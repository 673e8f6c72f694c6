/** A call of the reconcile function that was given up. Holds no value. */
export interface DeadLetter {
  /** Its name in the log. */
  readonly id: string;
  /** The event of that call, as it was found; `undefined` where the letter holds no JSON. */
  readonly event: unknown;
  /** Deletes it for good. May run twice, and after somebody else deleted it. */
  remove(): Promise<void>;
  /** Leaves it to whoever takes letters next. May run twice, and after somebody else deleted it. */
  release(): Promise<void>;
}

/** Where calls of the reconcile function end that were given up. */
export interface DeadLetters {
  /**
   * Takes some of the letters that nobody holds; none where there are none. A letter is held, and
   * given to nobody else, until it is released, or for longer than any run can last.
   */
  take(): Promise<readonly DeadLetter[]>;
}
