/** Something that reads the secret, opened in a process of its own. */
export interface Subject {
  /**
   * The value of DB_PASSWORD, as an application asks for it again and again; or the document with it,
   * where that is what an application gets and picks the value from.
   */
  read(): Promise<unknown>;
  /** The value without a wait, where that can be had. `read` comes first. */
  readonly readNow?: () => unknown;
  /** The value under AWSPREVIOUS, or the document with it, where that can be asked for. */
  readonly readPrevious?: () => Promise<unknown>;
}

export interface Opening {
  readonly secretId: string;
  /** How old a value may get. Whole seconds, in ms: one of the subjects knows no others. */
  readonly ttlMs: number;
}

/** What every entry exports under the name `open`. */
export type Open = (opening: Opening) => Subject;
