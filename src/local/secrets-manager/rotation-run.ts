import type { LocalClock } from '../clock.ts';
import type { LocalFunctions } from '../functions.ts';
import type { SecretsManagerBehaviour } from './behaviour.ts';
import { functionNotInvocable } from './errors.ts';
import { steps, type RotationEvent, type Step } from './events.ts';
import { CURRENT, PENDING, detach, holderOf } from './labels.ts';
import type { Secret } from './secret.ts';

/** One rotation, or one test of a rotation, under way. */
export interface Run {
  readonly secret: Secret;
  /** The version's id, and the function's `ClientRequestToken`. */
  readonly token: string;
  readonly rotationToken: string;
  /** Aborts when no further step is to be invoked. */
  readonly signal: AbortSignal;
}

export interface RunContext {
  readonly clock: LocalClock;
  readonly functions: LocalFunctions;
  readonly behaviour: SecretsManagerBehaviour;
  readonly emit: (event: RotationEvent) => void;
  readonly onSuccess: (secret: Secret) => void;
}

/** Runs the four steps, and again with the same token when one fails. Never rejects. */
export async function rotate(context: RunContext, run: Run): Promise<void> {
  emit(context, run, { type: 'RotationStarted' });

  for (let attempt = 1; ; attempt++) {
    const passed = await runSteps(context, run, attempt);
    const outcome = judge(context, run, passed);
    if (outcome === 'stopped') return;
    if (outcome === 'succeeded') return succeed(context, run);
    if (outcome === 'given up' || attempt > context.behaviour.retryAttempts) {
      return emit(context, run, { type: 'RotationFailed', attempt });
    }
    // Rejects when the run is stopped, which the next attempt sees by itself.
    await context.clock.sleep(context.behaviour.retryDelayMs, run.signal).catch(() => undefined);
  }
}

/** Invokes one step. Answers whether it passed; what the function threw stays here. */
export async function invokeStep(
  context: RunContext,
  run: Run,
  { step, attempt }: { step: Step; attempt: number },
): Promise<boolean> {
  emit(context, run, { type: 'StepStarted', step, attempt });
  try {
    await invoke(context, run, step);
    emit(context, run, { type: 'StepSucceeded', step, attempt });
    return true;
  } catch (error) {
    emit(context, run, { type: 'StepFailed', step, attempt, error: nameOf(error) });
    return false;
  }
}

export function emit(
  context: RunContext,
  { secret, token }: Pick<Run, 'secret' | 'token'>,
  event: Omit<RotationEvent, 'at' | 'secret' | 'versionId'>,
): void {
  context.emit({ at: context.clock.now(), secret: secret.arn, versionId: token, ...event });
}

async function runSteps(context: RunContext, run: Run, attempt: number): Promise<boolean> {
  for (const step of steps) {
    if (run.signal.aborted) return false;
    if (!(await invokeStep(context, run, { step, attempt }))) return false;
  }
  return true;
}

type Outcome = 'stopped' | 'succeeded' | 'failed' | 'given up';

/** The labels decide: succeeded is what leaves AWSPENDING nowhere, or beside AWSCURRENT. */
function judge(context: RunContext, run: Run, passed: boolean): Outcome {
  if (run.signal.aborted) return 'stopped';

  const pending = holderOf(run.secret, PENDING);
  const current = holderOf(run.secret, CURRENT);
  if (passed) return pending === undefined || pending === current ? 'succeeded' : 'failed';

  const undone = pending === undefined && current !== run.token;
  return undone ? afterUndo[context.behaviour.afterUndo] : 'failed';
}

const afterUndo: Record<SecretsManagerBehaviour['afterUndo'], Outcome> = {
  'next-window': 'given up',
  'retry-at-once': 'failed',
  succeed: 'succeeded',
};

function succeed(context: RunContext, run: Run): void {
  const now = context.clock.now();
  const removes = context.behaviour.pendingAfterSuccess === 'removed';
  if (removes && holderOf(run.secret, PENDING) === run.token) detach(run.secret, PENDING, now);
  run.secret.rotation.lastDate = now;
  context.onSuccess(run.secret);
  emit(context, run, { type: 'RotationSucceeded' });
}

async function invoke({ functions, behaviour }: RunContext, run: Run, step: Step): Promise<void> {
  const rotationFunction = functions.get(run.secret.rotation.functionArn ?? '');
  if (!rotationFunction) throw functionNotInvocable();

  await rotationFunction({
    Step: step,
    SecretId: run.secret.arn,
    ClientRequestToken: run.token,
    ...(behaviour.sendRotationToken && { RotationToken: run.rotationToken }),
  });
}

/** A name only: a message may hold anything. */
function nameOf(error: unknown): string {
  return error instanceof Error && /^\w{1,64}$/.test(error.name) ? error.name : 'Error';
}
