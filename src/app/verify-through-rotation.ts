import { isCompromised } from './compromised.ts';
import { textAt } from './create-secrets.ts';
import { defaultSecrets } from './default-secrets.ts';
import type { AnySecrets } from './process-secrets.ts';
import { isRetired, type Snapshot } from './snapshot.ts';
import { lookAgain, seeVersions, type Versions } from './versions.ts';

export interface VerifyOptions {
  /** Default: those of the process (`useSecrets`). */
  readonly secrets?: AnySecrets | undefined;
}

/** Whether something was signed, hashed or encrypted with this value. */
export type Verify = (value: string) => boolean | Promise<boolean>;

/** What was signed before the end of a value may arrive so much later, in ms. */
const lateness = 5_000;

/**
 * Whether something verifies with a value of this key: the current one, the previous one until that
 * was retired or is compromised, or a pending one, each value tried once. Where none fits, the secret is read anew first,
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
  const verified = new Map<string, boolean>();
  const fitting = () => fittingVersion(versions, { key, verify, verified });

  const known = await fitting();
  if (known !== undefined && known === versions.current.peek()) return true;
  // Another may have ended since: what a thief still has must not count for ever.
  if (known) await lookAtOthers(versions, versions.limits.ttl);
  if (await fitting()) return true;
  await lookForOthers(versions);
  return (await fitting()) !== undefined;
}

interface Verifying {
  readonly key: string;
  readonly verify: Verify;
  /** What came of the values so far: some take their time. */
  readonly verified: Map<string, boolean>;
}

async function fittingVersion(
  versions: Versions,
  { key, verify, verified }: Verifying,
): Promise<Snapshot<object> | undefined> {
  const { current, previous, pending } = versions;
  const others = [previous.known, pending.known].filter((version) =>
    isLive(versions, version, key),
  );
  for (const version of [current.get(), ...others]) {
    const value = version && textAt(version, key);
    if (!value) continue;
    const fits = verified.get(value) ?? (await verify(value));
    verified.set(value, fits);
    if (fits) return version;
  }
  return undefined;
}

/**
 * Whether a version was not retired, as far as is known. What it signed until then may come late, and
 * only who has seen it live a moment ago knows that it was.
 */
function isLive(
  { looked, clock }: Versions,
  version: Snapshot<object> | undefined,
  key: string,
): boolean {
  if (version === undefined || isCompromised(version, key)) return false;
  const seen = `live ${version.versionId}`;
  const last = looked.get(seen) ?? -Infinity;
  if (isRetired(version)) return clock.now() - last < lateness;
  looked.set(seen, Math.max(last, version.fetchedAt));
  return true;
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
