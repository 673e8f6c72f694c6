import { codeOf } from './errors.ts';
import { heal, type BegunSwitch } from './heal.ts';
import { takeOffPending } from './release-pending.ts';
import { leaseUntil } from './rollback-lease.ts';
import { note, type Invocation } from './rotation.ts';
import { sameCredential } from './rotator.ts';
import {
  hasLabel,
  labels,
  noCurrentVersion,
  readCurrent,
  versionWith,
  type SecretDescription,
  type SecretVersion,
} from './secret-store.ts';
import { readIfObject } from './superseded-version.ts';

/** A request that was sent in time may take effect a little later, and bookings come to the minute. */
const marginMs = 60_000;

/**
 * Takes back a rotation that may still be under way, for all that anybody can see: switches each
 * system to what AWSCURRENT says, and takes AWSPENDING off, so that no further step of it begins. A
 * step that has begun may move AWSCURRENT even now. So what was made is revoked by a later run, which
 * is booked for when no such step can be left; a lease keeps everybody from it until then. May run
 * twice. Throws `ROTATION_IN_PROGRESS` where another rotation is under way by now.
 */
export async function takeBack(
  invocation: Invocation,
  { version: token = '', lifetimeMs }: TakenBack,
): Promise<void> {
  const { secret, journal, step } = invocation;
  const description = await secret.describe();
  const current = versionWith(description, labels.current);
  if (!current) throw noCurrentVersion();
  const pending = await readValue(invocation, token);
  await healTo(invocation, description, { current, pending });

  if (pending) await leaseAndBook(invocation, { token, current, lifetimeMs });
  await takeOffPending(invocation, token);
  // It may have been stored since; a step that stores it later puts its label on again.
  if (!pending && (await readValue(invocation, token))) {
    await leaseAndBook(invocation, { token, current, lifetimeMs });
  }
  if (await wasFaster(invocation, token)) return;
  journal.record({ kind: 'taken-back', step });
  note(invocation, 'undone', 'The rotation was taken back; the next one starts fresh.');
}

interface TakenBack {
  readonly version?: string | undefined;
  /** How long, in ms, an invocation of this function has from its beginning. */
  readonly lifetimeMs: number;
}

interface Standing {
  readonly current: string;
  readonly pending: SecretVersion | undefined;
}

/** Somebody may have stored as AWSCURRENT what says nothing to go back to. */
async function healTo(
  invocation: Invocation,
  description: SecretDescription,
  { current: versionId, pending }: Standing,
): Promise<void> {
  if (!(await readValue(invocation, versionId))) return;
  const current = await readCurrent(invocation.secret, description);
  await heal(invocation, description, current, begunSwitch(invocation, current, pending));
}

/** Of something that is no object of keys nothing can be switched or revoked by name. */
async function readValue({ secret }: Invocation, versionId: string) {
  const version = await readIfObject(secret, { versionId });
  return version === 'no-object' ? undefined : version;
}

/** A switch that was asked for may come into force even now. */
function begunSwitch(
  { plan }: Invocation,
  current: SecretVersion,
  pending: SecretVersion | undefined,
): BegunSwitch | undefined {
  if (!pending) return undefined;
  const switched = plan.rotators.filter(
    (rotator) => rotator.switch && !sameCredential(rotator, pending.document, current.document),
  );
  return { keys: switched.map(({ key }) => key), uncommitted: true };
}

interface Leased {
  readonly token: string;
  /** The version that is current. */
  readonly current: string;
  /** As long as a step can live that began before AWSPENDING came off. */
  readonly lifetimeMs: number;
}

/** Where the run cannot be booked, the daily one or the next rotation does it. */
async function leaseAndBook(
  invocation: Invocation,
  { token, current, lifetimeMs }: Leased,
): Promise<void> {
  const { secret, bookings, clock, secretId } = invocation;
  const until = clock.now().getTime() + lifetimeMs + marginMs;
  await secret.moveLabel({ label: leaseUntil(new Date(until)), to: token });
  try {
    await bookings.book({
      purpose: 'taken-back',
      versionId: token,
      at: new Date(until + marginMs),
      event: { secret: secretId, current },
    });
    note(invocation, 'retirement-booked', 'A later run is booked that ends what was taken back.');
  } catch (error) {
    note(invocation, 'undo-unfinished', `The run that ends it is not booked: ${codeOf(error)}.`);
  }
}

/** The rotation was committed after all: then it stands. */
async function wasFaster(invocation: Invocation, token: string): Promise<boolean> {
  const latest = await invocation.secret.describe();
  if (!hasLabel(latest, token, labels.current)) return false;
  await heal(invocation, latest, await readCurrent(invocation.secret, latest));
  return true;
}
