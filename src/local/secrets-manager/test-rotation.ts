import { CURRENT, PENDING, attach, holderOf } from './labels.ts';
import { emit, invokeStep, type Run, type RunContext } from './rotation-run.ts';
import { dropVersion } from './versions.ts';

/**
 * Invokes `testSecret` alone, on a passing AWSPENDING version with a copy of the current value.
 * The version is gone afterwards, whatever came of it. Never rejects.
 */
export async function testRotation(context: RunContext, run: Run): Promise<void> {
  emit(context, run, { type: 'TestRotationStarted' });

  const passed =
    !run.signal.aborted && (await invokeStep(context, run, { step: 'testSecret', attempt: 1 }));
  dropVersion(run.secret, run.token, context.clock.now());

  emit(context, run, { type: passed ? 'TestRotationSucceeded' : 'TestRotationFailed' });
}

/** Makes the version that the test is run on. */
export function copyCurrent({ secret, token }: Pick<Run, 'secret' | 'token'>, now: Date): void {
  const current = secret.versions.get(holderOf(secret, CURRENT) ?? '');
  secret.versions.set(token, { id: token, createdDate: now, value: current?.value });
  attach(secret, PENDING, token, now);
}
