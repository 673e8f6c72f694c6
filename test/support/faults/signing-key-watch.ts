import * as v from 'valibot';
import type { Version } from './watch.ts';

const signing = v.object({
  SECRET_KEY: v.string(),
  SECRET_KEY_FALLBACKS: v.optional(v.array(v.string()), []),
});

/**
 * Sessions signed with the key that was published a moment ago must still verify. A version that a
 * rollback brings back cannot know the key that was undone; the next one must, unless somebody put a
 * value by hand in between.
 */
export class SigningKeyWatch {
  #before: SigningKey | undefined;

  isKept({ values, createdAt }: Version): boolean {
    const { SECRET_KEY: key, SECRET_KEY_FALLBACKS: fallbacks } = v.parse(signing, values);
    const before = this.#before;
    if (before?.createdAt === createdAt) return true;
    const broughtBack = before !== undefined && createdAt <= before.createdAt;
    const owed = before ? [before.key, ...before.undone] : [];
    this.#before = { key, createdAt, undone: broughtBack ? owed : [] };
    return broughtBack || owed.every((each) => each === key || fallbacks.includes(each));
  }

  /** What it compares later versions with. */
  memory(): unknown {
    return [this.#before?.key, this.#before?.undone];
  }
}

interface SigningKey {
  readonly key: string;
  readonly createdAt: number;
  /** Keys that a rollback took back, and that no version has among its fallbacks yet. */
  readonly undone: readonly string[];
}
