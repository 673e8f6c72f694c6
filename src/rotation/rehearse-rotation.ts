import { RotationError } from './errors.ts';
import { leasedUntil, underWayUntil } from './leased-until.ts';
import { toldOf } from './told.ts';
import type { Told } from './inspection.ts';
import { assertKeys, assertSize, rebuildDerived } from './plan.ts';
import type { Rehearsal, RehearsedKey } from './rehearsal.ts';
import { pendingElsewhere } from './retire.ts';
import { check, onKey, type Invocation } from './rotation.ts';
import { credentialOf, type Rotator } from './rotator.ts';
import type { SecretDocument } from './secret-document.ts';
import { readCurrent, type SecretDescription } from './secret-store.ts';

/**
 * Goes through a rotation that could begin now, up to where something would change: every check, and
 * for systems that hold one credential the rehearsal of a switch to a value that is then forgotten.
 * Changes nothing. Looks at every key, and tells what would refuse in its place; throws only where
 * the secret itself cannot be described.
 */
export async function rehearseRotation(invocation: Invocation): Promise<Rehearsal> {
  const { secret, plan, clock } = invocation;
  const description = await secret.describe();
  const obstacles: Told[] = [];
  const noting = async <T>(work: () => T | Promise<T>) => {
    try {
      return await work();
    } catch (error) {
      obstacles.push(toldOf(error));
      return undefined;
    }
  };

  await noting(() => assertNonePending(description));
  await noting(() => assertNotLeased(description, clock.now()));
  const current = await noting(() => readCurrent(secret, description));
  const keys: RehearsedKey[] = [];
  if (current) {
    await noting(() => assertSize(rebuildDerived(plan, current.document)));
    for (const rotator of plan.rotators) {
      keys.push(await rehearseKey(invocation, rotator, { ...current, description }));
    }
  }
  const refused = keys.some(({ problem }) => problem !== undefined);
  return {
    secret: description.arn,
    name: description.name,
    at: clock.now().toISOString(),
    ready: obstacles.length === 0 && !refused,
    obstacles,
    keys,
  };
}

function assertNonePending(description: SecretDescription): void {
  if (pendingElsewhere(description)) throw pending();
}

/** A rotation ends nothing, and so begins with nothing, beside what is being taken back. */
function assertNotLeased({ labelsOf }: SecretDescription, now: Date): void {
  const until = leasedUntil(labelsOf.values());
  if (until <= now.getTime()) return;
  throw new RotationError('ROTATION_IN_PROGRESS', underWayUntil(until));
}

interface Start {
  readonly description: SecretDescription;
  readonly document: SecretDocument;
}

async function rehearseKey(
  invocation: Invocation,
  rotator: Rotator,
  start: Start,
): Promise<RehearsedKey> {
  const { kind, key, changes } = rotator;
  const outcome = { key, rotator: kind, changes };
  try {
    assertKeys({ rotators: [rotator], derived: {} }, start.document);
    await check(invocation, rotator, start.document);
  } catch (error) {
    return { ...outcome, check: 'refused', problem: toldOf(error) };
  }
  // What a provider makes is made there, and what is accepted beside the current one has no switch.
  if (!rotator.switch || rotator.madeByProvider) return { ...outcome, check: 'passed' };
  try {
    await rehearseSwitch(invocation, rotator, start);
    return { ...outcome, check: 'passed', rehearsal: 'passed' };
  } catch (error) {
    return { ...outcome, check: 'passed', rehearsal: 'refused', problem: toldOf(error) };
  }
}

/** A system that holds one credential makes it with nothing outside, and installs it by rehearsal. */
async function rehearseSwitch(
  invocation: Invocation,
  rotator: Rotator,
  { description, document }: Start,
): Promise<void> {
  const current = credentialOf(rotator, document);
  const version = {
    secret: description.arn,
    token: crypto.randomUUID(),
    labelled: async () => [current],
  };
  const made = await onKey(invocation, rotator, 'create', (call) =>
    rotator.create({ ...call, current, superseded: nothing, version }),
  );
  const next = { ...current, ...made };
  await onKey(invocation, rotator, 'install', (call) =>
    rotator.install({ ...call, next, current, stillPending: nothing }),
  );
}

const nothing = async () => undefined;

const pending = () =>
  new RotationError(
    'ROTATION_IN_PROGRESS',
    'A rotation is pending already: Secrets Manager tries that one again, and begins no other. Let it ' +
      'come to its end, or end it with keyturn repair.',
  );
