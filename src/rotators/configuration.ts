import { matchesGlob } from 'node:path/posix';
import * as v from 'valibot';
import { RotationError } from '../rotation/errors.ts';
import { withGrace } from '../rotation/grace.ts';
import { guarded } from '../rotation/guarded-rotator.ts';
import { assertDisjoint, type Derive, type Plan } from '../rotation/plan.ts';
import { assertNotOwnAdmin, assertOneEach } from './bindings.ts';
import { invalidConfiguration } from './invalid-configuration.ts';
import type { Binding, Systems } from './kind.ts';
import { rotatorKinds } from './list.ts';
import { assertSettled, assertUntold } from './shared-keys.ts';

type Kind = (typeof rotatorKinds)[number];

/** What one key is rotated by: the kind's name, and its options beside it. */
export type KeyConfiguration = {
  [K in Kind as K['name']]: { readonly rotator: K['name'] } & v.InferInput<K['options']>;
}[Kind['name']];

/** How the secrets whose name matches a pattern are rotated. */
export interface SecretConfiguration {
  /** A name, or a pattern such as `reminder-app/*`. Exactly one entry may match a secret. */
  readonly secret: string;
  readonly keys: Readonly<Record<string, KeyConfiguration>>;
  /** Keys that are built from the others whenever those change. */
  readonly derived?: Readonly<Record<string, Derive>>;
}

/** Types the configuration in `rotation.config.ts`; empty variables are passed on as unset. */
export const defineRotation = (
  configure: (env: Readonly<Record<string, string | undefined>>) => readonly SecretConfiguration[],
) => configure;

/** A configuration found to be sound. */
export interface Configuration {
  /** The permissions beside the secret's own that the configured rotators need. */
  readonly grants: readonly string[];
  /** Whether later runs are booked: to recover from a switch, or to end a grace. */
  readonly books: boolean;
  /** In ms; Infinity where nothing has a grace. */
  readonly shortestGraceMs: number;
  /** In ms; 0 where nothing has a grace. */
  readonly longestGraceMs: number;
  /** Fresh rotators for one invocation. Throws `SECRET_NOT_CONFIGURED` or `CONFIG_INVALID`. */
  planFor(secretName: string): Plan;
}

/**
 * Reads a whole configuration. Throws `CONFIG_INVALID`, `UNKNOWN_ROTATOR` or `KEY_CLAIMED_TWICE`,
 * naming the entry and the key.
 */
export function readConfiguration(entries: unknown, systems: Systems): Configuration {
  const parsed = v.safeParse(v.array(entrySchema), entries);
  if (!parsed.success) throw invalidConfiguration(v.summarize(parsed.issues));
  const secrets = parsed.output.map(readSecret);
  const planOf = ({ bindings, derived }: Secret): Plan => ({
    rotators: bindings.map(({ bind }) => guarded(bind(systems))),
    derived,
  });
  const plans = secrets.map((secret) => soundPlan(secret, planOf(secret)));
  const rotators = plans.flatMap((plan) => plan.rotators);
  const graces = withGrace(rotators).map(({ graceMs }) => graceMs);

  return {
    books: graces.length > 0 || rotators.some(({ switchBudgetMs }) => switchBudgetMs > 0),
    shortestGraceMs: Math.min(Infinity, ...graces),
    longestGraceMs: Math.max(0, ...graces),
    grants: [
      ...new Set(secrets.flatMap(({ bindings }) => bindings.flatMap(({ grants }) => grants))),
    ],
    planFor(secretName) {
      const secret = matching(secrets, secretName);
      assertNotOwnAdmin(secret.bindings, secretName);
      return planOf(secret);
    },
  };
}

function soundPlan({ bindings }: Secret, plan: Plan): Plan {
  assertUntold(plan.rotators);
  assertDisjoint(plan);
  const followed = (key: string) => bindings.find((binding) => binding.key === key)?.follows ?? [];
  assertSettled(plan.rotators.map((rotator) => ({ rotator, follows: followed(rotator.key) })));
  return plan;
}

const entrySchema = v.strictObject({
  secret: v.pipe(v.string(), v.nonEmpty()),
  keys: v.record(v.string(), v.looseObject({ rotator: v.string() })),
  derived: v.optional(
    v.record(
      v.string(),
      v.custom<Derive>((value) => typeof value === 'function', 'must be a function'),
    ),
    {},
  ),
});

interface Secret {
  readonly pattern: string;
  readonly bindings: readonly Binding[];
  readonly derived: Readonly<Record<string, Derive>>;
}

function readSecret({ secret, keys, derived }: v.InferOutput<typeof entrySchema>): Secret {
  const bindings = Object.entries(keys).map(([key, { rotator, ...options }]) => {
    const kind = rotatorKinds.find(({ name }) => name === rotator);
    if (!kind) throw unknownRotator(rotator, key);
    const binding = kind.read(key, options);
    if (typeof binding !== 'string') return binding;
    throw invalidConfiguration(
      `the options of ${rotator} for the key ${key} of ${secret}:\n${binding}`,
    );
  });
  assertOneEach(bindings, secret);
  assertNotOwnAdmin(bindings, secret);
  return { pattern: secret, bindings, derived };
}

function matching(secrets: readonly Secret[], name: string): Secret {
  const [match, another] = secrets.filter(({ pattern }) => matchesGlob(name, pattern));
  if (match && another) {
    throw invalidConfiguration(
      `${match.pattern} and ${another.pattern} both match the secret ${name}.`,
    );
  }
  if (match) return match;
  throw new RotationError(
    'SECRET_NOT_CONFIGURED',
    `No entry of rotation.config.ts matches the secret ${name}. Add one, or correct the pattern, and ` +
      'deploy again.',
  );
}

const unknownRotator = (rotator: string, key: string) =>
  new RotationError(
    'UNKNOWN_ROTATOR',
    `rotation.config.ts names the rotator "${rotator}" for the key ${key}, and there is none of that ` +
      `name. There are: ${rotatorKinds.map(({ name }) => name).join(', ')}.`,
    { key },
  );
