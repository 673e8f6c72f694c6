import { textAt } from './create-secrets.ts';
import { defaultSecrets } from './default-secrets.ts';
import type { AnySecrets } from './process-secrets.ts';
import type { Snapshot } from './snapshot.ts';
import { lookAgain, seeVersions, type Versions } from './versions.ts';

export interface VerifyOptions {
  /** Default: those of the process (`useSecrets`). */
  readonly secrets?: AnySecrets | undefined;
}

/** Whether something was signed, hashed or encrypted with this value. */
export type Verify = (value: string) => boolean | Promise<boolean>;

/** The label that says that nothing of a version is accepted any more. */
const retired = 'KEYTURN_RETIRED';

/** What was signed before the end of a value may arrive so much later, in ms. */
const lateness = 5_000;

/**
 * Whether something verifies with a value of this key: the current one, the previous one until that
 * was retired, or a pending one, each value tried once. Where none fits, the secret is read anew first,
 * for all who ask together once in 30 s, and more often with a TTL below five minutes. Throws a
 * SecretsError where there is no value to verify with, and whatever `verify` throws.
 */
export async function verifyThroughRotation(
  key: string,
  verify: Verify,
  { secrets = defaultSecrets() }: VerifyOptions = {},
): Promise<boolean> {
  const versions = seeVersions(secrets);
  await versions.current.ready();
  const fitting = () => fittingVersion(versions, { key, verify });

  const known = await fitting();
  if (known !== undefined && known === versions.current.peek()) return true;
  // Another may have ended since: what a thief still has must not count for ever.
  if (known) await lookAtOthers(versions, versions.limits.ttl);
  if (await fitting()) return true;
  await lookForOthers(versions);
  return (await fitting()) !== undefined;
}

async function fittingVersion(
  versions: Versions,
  { key, verify }: { readonly key: string; readonly verify: Verify },
): Promise<Snapshot<object> | undefined> {
  const { current, previous, pending } = versions;
  const live = isOver(versions) ? undefined : previous.known;
  const tried = new Set<string>();
  for (const version of [current.get(), live, pending.known]) {
    const value = version && textAt(version, key);
    if (!value || tried.has(value)) continue;
    tried.add(value);
    if (await verify(value)) return version;
  }
  return undefined;
}

/** Whether the previous version was retired, and what it signed until then has arrived. */
function isOver({ previous, looked, clock }: Versions): boolean {
  if (!previous.known?.labels.includes(retired)) return false;
  const seen = `retired ${previous.known.versionId}`;
  const since = looked.get(seen) ?? clock.now();
  looked.set(seen, since);
  return clock.now() - since >= lateness;
}

async function lookForOthers(versions: Versions): Promise<void> {
  const notWithinMs = Math.min(30_000, versions.limits.ttl / 10);
  await Promise.all([
    lookAgain(versions, { purpose: 'unverified', notWithinMs }),
    lookAtOthers(versions, notWithinMs),
  ]);
}

const lookAtOthers = ({ previous, pending }: Versions, maxAgeMs: number) =>
  Promise.all([previous.within(maxAgeMs), pending.within(maxAgeMs)]);
