import { forEvery } from './for-every.ts';
import { holdsKeys } from './plan.ts';
import { currentRejected } from './rejections.ts';
import { note, probe, switchTo, type Invocation } from './rotation.ts';
import type { Rotator } from './rotator.ts';
import {
  labels,
  readCurrent,
  versionWith,
  type SecretDescription,
  type SecretVersion,
} from './secret-store.ts';
import { readIfObject } from './superseded-version.ts';

/**
 * Makes sure that every credential under AWSCURRENT works: where a system refuses it and accepts
 * another labelled version's, the system is switched to what AWSCURRENT says. Looks after every key
 * before it throws, such as `CURRENT_REJECTED` where no labelled version works. May run twice, or
 * beside a rotation.
 */
export async function heal(
  invocation: Invocation,
  description: SecretDescription,
  current: SecretVersion,
  begun?: BegunSwitch,
): Promise<void> {
  await forEvery(invocation.plan.rotators, (rotator) =>
    healKey(invocation, rotator, { description, current, begun }),
  );
}

/** A switch that a recovery was booked for. What it put in force may be in no labelled version. */
export interface BegunSwitch {
  readonly keys: readonly string[];
  /** Whether AWSCURRENT is where it was: the switch may then come into force even now. */
  readonly uncommitted: boolean;
}

interface State {
  readonly description: SecretDescription;
  readonly current: SecretVersion;
  readonly begun: BegunSwitch | undefined;
}

async function healKey(invocation: Invocation, rotator: Rotator, state: State): Promise<void> {
  const { description, current, begun } = state;
  const verdict = await probe(invocation, rotator, current.document);
  const ours = rotator.switch && begun?.keys.includes(rotator.key) ? begun : undefined;
  if (verdict !== 'rejected') {
    if (ours?.uncommitted) await bringBack(invocation, rotator, { current, accepted: current });
    return;
  }

  if (!rotator.switch) throw currentRejected(rotator.key);
  // Some systems are switched by nothing but what they accept now, and others by an administrator.
  const accepted = (await acceptedVersion(invocation, rotator, description)) ?? (ours && current);
  if (!accepted) throw currentRejected(rotator.key);
  await bringBack(invocation, rotator, { current, accepted });
}

/** Switches to the current version, then looks again: a commit may have moved the label meanwhile. */
async function bringBack(
  invocation: Invocation,
  rotator: Rotator,
  { current, accepted }: { current: SecretVersion; accepted: SecretVersion },
): Promise<void> {
  await switchTo(invocation, rotator, { to: current.document, from: accepted.document });
  const latest = await readCurrent(invocation.secret, await invocation.secret.describe());
  if (latest.versionId !== current.versionId) {
    await switchTo(invocation, rotator, { to: latest.document, from: current.document });
  }
  note(invocation, 'healed', 'The credential under AWSCURRENT works again.', rotator.key);
}

/**
 * The other labelled version whose credential the system accepts: pending, or made by a rotation that
 * was abandoned, before previous.
 */
async function acceptedVersion(
  invocation: Invocation,
  rotator: Rotator,
  description: SecretDescription,
): Promise<SecretVersion | undefined> {
  const current = versionWith(description, labels.current);
  const asked = new Set([current]);
  for (const label of [labels.pending, labels.made, labels.previous]) {
    const versionId = versionWith(description, label);
    if (!versionId || asked.has(versionId)) continue;
    asked.add(versionId);
    const version = await readIfObject(invocation.secret, { versionId, label });
    if (!version || version === 'no-object') continue;
    if (!holdsKeys(rotator, version.document)) continue;
    if ((await probe(invocation, rotator, version.document)) === 'accepted') return version;
  }
  return undefined;
}
