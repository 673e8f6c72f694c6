/** A way in which a careless rotator shows a value, in what it throws. */
export interface Leak {
  readonly name: string;
  /** Throws, or rejects, with this value at hand. */
  readonly leak: (value: string) => unknown;
  /** The value, where the leak needs one of its own. */
  readonly value?: string;
  /** What of the value shows, where that is not all of it. */
  readonly shows?: (value: string) => string;
}

/** What was thrown; in an object, since a promise would look into it. */
export interface Caught {
  readonly thrown: unknown;
}

export async function caught(work: () => unknown): Promise<Caught> {
  try {
    await work();
  } catch (error) {
    return { thrown: error };
  }
  throw new Error('Nothing was thrown, so this leak proves nothing');
}

export const base64 = (text: string) => Buffer.from(text).toString('base64');
