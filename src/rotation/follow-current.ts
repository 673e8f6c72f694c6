import type { Change } from './book-recovery.ts';
import { codeOf } from './errors.ts';
import { forEvery } from './for-every.ts';
import { note, switchTo, type Invocation } from './rotation.ts';
import type { Rotator } from './rotator.ts';
import { readCurrent, type SecretVersion } from './secret-store.ts';

/**
 * After a change that did not come about: switches the systems to what AWSCURRENT says, and looks
 * again in case the label moved late. Never throws: the recovery that is booked does the rest.
 */
export async function followCurrent(
  invocation: Invocation,
  { to }: Change,
  switching: readonly Rotator[],
): Promise<void> {
  if (switching.length === 0) return;
  try {
    const current = await follow(invocation, to, switching);
    await follow(invocation, current, switching);
  } catch (error) {
    note(
      invocation,
      'undo-unfinished',
      `The systems could not be switched back yet: ${codeOf(error)}. The recovery that is booked does it.`,
    );
  }
}

async function follow(
  invocation: Invocation,
  switched: SecretVersion,
  switching: readonly Rotator[],
): Promise<SecretVersion> {
  const { secret } = invocation;
  const current = await readCurrent(secret, await secret.describe());
  if (current.versionId === switched.versionId) return current;
  await forEvery(switching.toReversed(), (rotator) =>
    switchTo(invocation, rotator, { to: current.document, from: switched.document }),
  );
  note(invocation, 'healed', 'The systems were switched to what AWSCURRENT says.');
  return current;
}
