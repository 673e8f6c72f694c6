import { forEvery } from './for-every.ts';
import { heal } from './heal.ts';
import { note, onKey, probe, type Invocation } from './rotation.ts';
import { credentialOf, type Rotator } from './rotator.ts';
import {
  currentMoved,
  labels,
  readCurrent,
  type SecretDescription,
  type SecretVersion,
  versionWith,
} from './secret-store.ts';

/**
 * Has an administrator set what AWSCURRENT says where the system refuses it, for the rotators of the
 * plan, which must be `administered`. Looks at the label again after each. May run twice, or beside
 * a rotation.
 */
export async function reset(invocation: Invocation): Promise<void> {
  const { secret, plan } = invocation;
  const description = await secret.describe();
  const current = await readCurrent(secret, description);
  await forEvery(plan.rotators, (rotator) =>
    resetKey(invocation, rotator, { description, current }),
  );
}

interface State {
  readonly description: SecretDescription;
  readonly current: SecretVersion;
}

/** Healing switches a system even from what is not accepted, where it is told that this may be. */
async function resetKey(invocation: Invocation, rotator: Rotator, state: State): Promise<void> {
  const { description, current } = state;
  if (rotator.switch) {
    const only = { ...invocation, plan: { ...invocation.plan, rotators: [rotator] } };
    return heal(only, description, current, { keys: [rotator.key], uncommitted: false });
  }
  await set(invocation, rotator, current);
  const latest = await readCurrent(invocation.secret, await invocation.secret.describe());
  const moved = latest.versionId !== current.versionId;
  if (moved && (await set(invocation, rotator, latest)) === 'moved') throw currentMoved();
  note(invocation, 'healed', 'The credential under AWSCURRENT works again.', rotator.key);
}

/** Answers `moved`, without a change, where AWSCURRENT went to another version meanwhile. */
async function set(
  invocation: Invocation,
  rotator: Rotator,
  { versionId, document }: SecretVersion,
): Promise<'works' | 'moved'> {
  if ((await probe(invocation, rotator, document)) !== 'rejected') return 'works';
  const credential = credentialOf(rotator, document);
  let moved = false;
  const stillPending = async () => {
    moved = versionWith(await invocation.secret.describe(), labels.current) !== versionId;
    if (moved) throw currentMoved();
  };
  try {
    await onKey(invocation, rotator, 'install', (call) =>
      rotator.install({ ...call, next: credential, current: credential, stillPending }),
    );
  } catch (error) {
    if (!moved) throw error;
  }
  return moved ? 'moved' : 'works';
}
