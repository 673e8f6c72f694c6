import { outOfTime, RotationError } from './errors.ts';
import { note, type Invocation } from './rotation.ts';
import type { Rotator } from './rotator.ts';
import type { SecretVersion } from './secret-store.ts';

/** The soonest a booked run comes, in ms; the scheduler is precise to a minute. */
export const soonestMs = 120_000;

/** What label, proof and bookings take beside the switches, generously. */
const overheadMs = 10_000;

/** AWSCURRENT on its way from one version to another. */
export interface Change {
  readonly from: SecretVersion;
  readonly to: SecretVersion;
}

/** Throws unless there is time for every switch, and for as many ways back. */
export function assertTime({ remainingMs }: Invocation, switching: readonly Rotator[]): void {
  if (switching.length === 0) return;
  if (remainingMs() < 2 * budgetOf(switching) + overheadMs) throw outOfTime();
}

/** Late enough that the label has moved by then, if it moves at all: nobody switches back too soon. */
export const afterTheSwitch = ({ clock }: Invocation, switching: readonly Rotator[]) =>
  new Date(clock.now().getTime() + Math.max(soonestMs, budgetOf(switching) + overheadMs));

/**
 * Books the run that ends a switch gap whatever becomes of this invocation. Throws `CANNOT_BOOK`;
 * then nothing may be switched. May run twice.
 */
export async function bookRecovery(
  invocation: Invocation,
  { from, to }: Change,
  switching: readonly Rotator[],
): Promise<void> {
  if (switching.length === 0) return;
  const { bookings, secretId, step } = invocation;
  const keys = switching.map(({ key }) => key);
  try {
    await bookings.book({
      purpose: 'recovery',
      versionId: to.versionId,
      at: afterTheSwitch(invocation, switching),
      event: { secret: secretId, current: from.versionId, keys },
    });
  } catch (error) {
    throw new RotationError(
      'CANNOT_BOOK',
      'The recovery that must stand ready before a switch could not be booked, so nothing was switched. ' +
        'It is tried again; if it keeps failing, look at the permissions on the schedule group.',
      { step, cause: error instanceof Error ? error : undefined },
    );
  }
  note(
    invocation,
    'recovery-booked',
    'A later run is booked that ends the switch gap in any case.',
  );
}

const budgetOf = (switching: readonly Rotator[]) =>
  switching.reduce((sum, { switchBudgetMs }) => sum + switchBudgetMs, 0);
