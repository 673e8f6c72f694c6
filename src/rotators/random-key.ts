import * as v from 'valibot';
import { RotationError } from '../rotation/errors.ts';
import type { Credential, Rotator } from '../rotation/rotator.ts';
import { textOf } from './credential-text.ts';
import { defineRotator } from './kind.ts';
import { randomText } from './random-text.ts';

const options = v.strictObject({
  /** Characters, six bits of randomness each. */
  length: v.optional(v.pipe(v.number(), v.integer(), v.minValue(32), v.maxValue(512)), 64),
  /** Where earlier keys are kept for verifying: a JSON list, newest first. */
  fallbacksKey: v.optional(v.pipe(v.string(), v.nonEmpty()), 'SECRET_KEY_FALLBACKS'),
  /** How many earlier keys to keep. */
  fallbacks: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(16)), 2),
});

type Options = v.InferOutput<typeof options>;

/**
 * A key that only the application itself uses, such as the SECRET_KEY that signs its sessions. The
 * application signs with the new key and verifies with the fallbacks too; a key ends by falling
 * off that list. Who has a compromised key has the list as well, so then the new list is empty.
 */
export const randomKey = defineRotator({
  name: 'random-key',
  options,
  grants: () => [],
  bind: ({ key, options: chosen }): Rotator => ({
    kind: 'random-key',
    key,
    changes: [key, chosen.fallbacksKey],
    reads: [],
    optional: [chosen.fallbacksKey],
    graceMs: 0,
    madeByProvider: false,
    switchBudgetMs: 0,

    // No system but the application judges a key: being a text is all there is to accept.
    probe: async ({ credential }) => (textOf(credential, key) ? 'accepted' : 'rejected'),
    check: async ({ current }) => {
      fallbacksOf(current, chosen.fallbacksKey);
    },
    create: async ({ current, undone, compromised }) => ({
      [key]: randomText(chosen.length),
      [chosen.fallbacksKey]: compromised ? [] : fallbacks(key, chosen, [current, undone]),
    }),
    install: async () => undefined,
    revoke: async () => undefined,
  }),
});

/** Keys in use until now, then the earlier ones, each once, as many as are kept. */
function fallbacks(
  key: string,
  { fallbacksKey, fallbacks: kept }: Options,
  [current, undone]: readonly [Credential, Credential | undefined],
): readonly string[] {
  const takenBack = undone?.[key];
  const used = [textOf(current, key), ...(typeof takenBack === 'string' ? [takenBack] : [])];
  return [...new Set([...used, ...fallbacksOf(current, fallbacksKey)])].slice(0, kept);
}

function fallbacksOf(credential: Credential, fallbacksKey: string): readonly string[] {
  const list = v.safeParse(v.array(v.string()), credential[fallbacksKey] ?? []);
  if (list.success) return list.output;
  throw new RotationError(
    'KEY_UNUSABLE',
    `The key ${fallbacksKey} must be a JSON list of texts, since Keyturn puts the earlier key in front ` +
      'of it. Correct the secret, or name another key as fallbacksKey, and rotate again.',
    { key: fallbacksKey },
  );
}
