import { diagnose } from './diagnose.ts';
import { graceEnd } from './grace.ts';
import type {
  InspectedCredential,
  InspectedKey,
  InspectedVersion,
  Inspection,
  Sight,
  Told,
} from './inspection.ts';
import { isAsBuilt } from './as-built.ts';
import { assertKeys, foreignChange } from './plan.ts';
import { currentRejected } from './rejections.ts';
import { check, type Invocation } from './rotation.ts';
import { sameCredential, type Rotator } from './rotator.ts';
import {
  hasLabel,
  labels,
  versionWith,
  type Label,
  type SecretDescription,
  type SecretVersion,
} from './secret-store.ts';
import { told, toldOf } from './told.ts';
import { verdicts } from './verdicts.ts';

/**
 * Asks every system what is true: which credential of the versions a rotation knows it accepts,
 * and whether a rotation could succeed. Changes nothing. What cannot be asked or read is told in its
 * place; throws only where the secret itself cannot be described.
 */
export async function inspect(invocation: Invocation): Promise<Inspection> {
  const sight = await look(invocation);
  return { ...sight, wayOut: diagnose(sight) };
}

async function look(invocation: Invocation): Promise<Sight> {
  const { secret, clock } = invocation;
  const description = await secret.describe();
  const read = await Promise.all(
    versionsOf(description).map((versionId) => readVersion(invocation, description, versionId)),
  );
  const stored = read.flatMap(({ version }) => (version ? [version] : []));
  const state = { description, stored, current: at(labels.current, { description, stored }) };
  const asked = await verdicts(invocation, state);
  return {
    secret: description.arn,
    name: description.name,
    at: clock.now().toISOString(),
    rotationEnabled: description.rotationEnabled,
    versions: read.map((each) => compared(invocation, each, state.current)),
    keys: await Promise.all(
      asked.map(({ rotator, credentials }) =>
        inspectKey(invocation, rotator, { ...state, credentials }),
      ),
    ),
    derived: Object.keys(invocation.plan.derived).map((key) => ({
      key,
      asBuilt:
        state.current !== undefined && isAsBuilt(invocation.plan, state.current.document, key),
    })),
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

/** What somebody stored since stands in the way of going from one version to the other. */
function compared(
  { plan }: Invocation,
  { inspected, version }: Read,
  current: SecretVersion | undefined,
): InspectedVersion {
  if (!version || !current) return inspected;
  const key = foreignChange(plan, version.document, current.document);
  return { ...inspected, ...(key && { foreignChange: key }) };
}

interface State {
  readonly description: SecretDescription;
  readonly stored: readonly SecretVersion[];
  readonly current: SecretVersion | undefined;
}

const at = (label: Label, { description, stored }: Omit<State, 'current'>) =>
  stored.find(({ versionId }) => hasLabel(description, versionId, label));

async function inspectKey(
  invocation: Invocation,
  rotator: Rotator,
  state: State & { readonly credentials: readonly InspectedCredential[] },
): Promise<InspectedKey> {
  const { kind, key, changes, optional, reads, administered = false, madeByProvider } = rotator;
  const { credentials, current } = state;
  const isDead = credentials.some(
    ({ versionId, verdict }) => versionId === current?.versionId && verdict === 'rejected',
  );
  const obstacle =
    // It is refused: another login would tell nothing more, unless an administrator's can.
    isDead && !administered
      ? toldOf(currentRejected(key))
      : current && (await obstacleTo(invocation, rotator, current));
  const until = supersededUntil(rotator, state);
  return {
    key,
    rotator: kind,
    changes,
    optional: optional.filter((name) => changes.includes(name)),
    reads,
    switches: rotator.switch !== undefined,
    administered,
    madeByProvider,
    credentials,
    ...(obstacle && { obstacle }),
    ...(until && { supersededUntil: until.toISOString() }),
  };
}

/** Where AWSPREVIOUS holds the same credential as AWSCURRENT, it supersedes nothing. */
function supersededUntil(rotator: Rotator, state: State): Date | undefined {
  const { description, current } = state;
  const superseded = at(labels.previous, state);
  if (rotator.graceMs === 0 || !current || !superseded) return undefined;
  if (hasLabel(description, superseded.versionId, labels.retired)) return undefined;
  if (sameCredential(rotator, superseded.document, current.document)) return undefined;
  return graceEnd(rotator, description, { current, superseded });
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
