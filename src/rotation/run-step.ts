import { compensate } from './compensate.ts';
import { createSecret } from './create-secret.ts';
import { RotationError, type Step } from './errors.ts';
import { finishSecret } from './finish-secret.ts';
import { note, type Invocation, type Rotation } from './rotation.ts';
import { setSecret } from './set-secret.ts';
import { testSecret } from './test-secret.ts';

const steps = { createSecret, setSecret, testSecret, finishSecret };

export type RotationStep = keyof typeof steps;

/**
 * Runs one step of a rotation. Any error fails the step. After a permanent one the rotation is
 * taken back first; after a transient one everything stays, since Secrets Manager calls again
 * with the same token.
 */
export const runStep = (step: RotationStep, rotation: Rotation): Promise<void> =>
  recorded(rotation, async () => {
    try {
      await steps[step](rotation);
    } catch (error) {
      if (error instanceof RotationError && !error.retryable) await takeBack(rotation);
      throw error;
    }
  });

/** Runs work as a step: records start, end and duration, and puts the step on its errors. */
export async function recorded<R>(invocation: Invocation, work: () => Promise<R>): Promise<R> {
  const { step, journal, clock } = invocation;
  const started = clock.now().getTime();
  const durationMs = () => clock.now().getTime() - started;
  journal.record({ kind: 'step', step, outcome: 'started' });

  try {
    const result = await work();
    journal.record({ kind: 'step', step, outcome: 'done', durationMs: durationMs() });
    return result;
  } catch (error) {
    const located = locate(error, step);
    journal.record({
      kind: 'step',
      step,
      outcome: 'failed',
      durationMs: durationMs(),
      code: located.code,
    });
    throw located;
  }
}

async function takeBack(rotation: Rotation): Promise<void> {
  try {
    await compensate(rotation);
  } catch (error) {
    // The error that failed the step is the one to report; AWSPENDING stays, so this comes again.
    const { code, key } = locate(error, rotation.step);
    note(rotation, 'undo-unfinished', `The rotation could not be taken back yet: ${code}.`, key);
  }
}

function locate(error: unknown, step: Step): RotationError {
  if (error instanceof RotationError) return error.at({ step });
  return new RotationError(
    'UNEXPECTED',
    'The step failed in a way Keyturn does not know. It is tried again by itself; if it keeps failing, ' +
      'the logs of this invocation are what to report.',
    { step },
  );
}
