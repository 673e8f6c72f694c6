import { codeOf, RotationError } from './errors.ts';
import { graceEnd } from './grace.ts';
import type {
  InspectedCredential,
  InspectedKey,
  InspectedVersion,
  Inspection,
  Told,
} from './inspection.ts';
import { assertKeys } from './plan.ts';
import { check, probe, type Invocation } from './rotation.ts';
import { sameCredential, type Rotator } from './rotator.ts';
import {
  hasLabel,
  labels,
  versionWith,
  type SecretDescription,
  type SecretVersion,
} from './secret-store.ts';

/**
 * Asks every system what is true: which credential of which labelled version it accepts, and
 * whether a rotation could succeed. Changes nothing. What cannot be asked or read is told in its
 * place; throws only where the secret itself cannot be described.
 */
export async function inspect(invocation: Invocation): Promise<Inspection> {
  const { secret, plan, clock } = invocation;
  const description = await secret.describe();
  const read = await Promise.all(
    versionsOf(description).map((versionId) => readVersion(invocation, description, versionId)),
  );
  const stored = read.flatMap(({ version }) => (version ? [version] : []));
  return {
    secret: description.arn,
    name: description.name,
    at: clock.now().toISOString(),
    rotationEnabled: description.rotationEnabled,
    versions: read.map(({ inspected }) => inspected),
    keys: await Promise.all(
      plan.rotators.map((rotator) => inspectKey(invocation, rotator, { description, stored })),
    ),
  };
}

/** Labelled versions, AWSCURRENT first. */
function versionsOf(description: SecretDescription): readonly string[] {
  const current = versionWith(description, labels.current);
  const others = [...description.labelsOf.keys()].filter((versionId) => versionId !== current);
  return current ? [current, ...others] : others;
}

interface Read {
  readonly inspected: InspectedVersion;
  /** Absent without a value, or where it is no object of keys. */
  readonly version?: SecretVersion;
}

async function readVersion(
  { secret, plan }: Invocation,
  description: SecretDescription,
  versionId: string,
): Promise<Read> {
  const found = { versionId, labels: description.labelsOf.get(versionId) ?? [] };
  try {
    const version = await secret.read({ versionId });
    if (!version) return { inspected: found };
    const problem = told(() => assertKeys(plan, version.document));
    const createdAt = version.createdAt.toISOString();
    return { version, inspected: { ...found, createdAt, ...(problem && { problem }) } };
  } catch (error) {
    return { inspected: { ...found, problem: toldOf(error) } };
  }
}

interface State {
  readonly description: SecretDescription;
  readonly stored: readonly SecretVersion[];
}

async function inspectKey(
  invocation: Invocation,
  rotator: Rotator,
  { description, stored }: State,
): Promise<InspectedKey> {
  const { kind, key, changes } = rotator;
  const at = (label: 'AWSCURRENT' | 'AWSPREVIOUS') =>
    stored.find(({ versionId }) => hasLabel(description, versionId, label));
  const current = at(labels.current);
  const superseded = at(labels.previous);
  const credentials = await verdicts(invocation, rotator, stored);
  const obstacle = current && (await obstacleTo(invocation, rotator, current));
  const lives =
    current &&
    superseded &&
    rotator.graceMs > 0 &&
    !hasLabel(description, superseded.versionId, labels.retired)
      ? graceEnd(rotator, description, { current, superseded })
      : undefined;
  return {
    key,
    rotator: kind,
    changes,
    credentials,
    ...(obstacle && { obstacle }),
    ...(lives && { supersededUntil: lives.toISOString() }),
  };
}

/** The current credential last: what works takes back a server's count of failed logins. */
async function verdicts(
  invocation: Invocation,
  rotator: Rotator,
  stored: readonly SecretVersion[],
): Promise<readonly InspectedCredential[]> {
  const asked: { version: SecretVersion; credential: InspectedCredential }[] = [];
  for (const version of stored.toReversed()) {
    const same = asked.find(({ version: { document } }) =>
      sameCredential(rotator, document, version.document),
    );
    const { versionId } = version;
    const credential = same
      ? { ...same.credential, versionId }
      : await verdictOn(invocation, rotator, version);
    asked.push({ version, credential });
  }
  return asked.toReversed().map(({ credential }) => credential);
}

async function verdictOn(
  invocation: Invocation,
  rotator: Rotator,
  { versionId, document }: SecretVersion,
): Promise<InspectedCredential> {
  try {
    return { versionId, verdict: await probe(invocation, rotator, document) };
  } catch (error) {
    return { versionId, verdict: 'failed', problem: toldOf(error) };
  }
}

async function obstacleTo(
  invocation: Invocation,
  rotator: Rotator,
  { document }: SecretVersion,
): Promise<Told | undefined> {
  try {
    await check(invocation, rotator, document);
    return undefined;
  } catch (error) {
    return toldOf(error);
  }
}

function told(assertion: () => void): Told | undefined {
  try {
    assertion();
    return undefined;
  } catch (error) {
    return toldOf(error);
  }
}

/** Of an error that is not ours only its code is known to be free of values. */
function toldOf(error: unknown): Told {
  if (!(error instanceof RotationError))
    return { code: codeOf(error), message: 'It failed in a way it does not know.' };
  const { code, key, message } = error;
  return { code, ...(key && { key }), message };
}
