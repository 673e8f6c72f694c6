import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { setTimeout } from 'node:timers/promises';
import { Failure } from '../failure.ts';
import { describeSecret } from '../described-secret.ts';
import type { Display } from './display.ts';
import type { StepsSeen } from './steps-seen.ts';
import { standingOf, type Begun, type Standing } from './standing.ts';

export interface Following {
  readonly arn: string;
  readonly begun: Begun;
  readonly steps: StepsSeen;
  readonly display: Display;
  /** How long it is followed, in ms. */
  readonly timeoutMs: number;
  /** Aborted where somebody wants no more of it. */
  readonly signal: AbortSignal;
}

/** `failed`: for good, with AWSPENDING where it is; Secrets Manager tries that again all the same. */
type End = Exclude<Standing, 'pending'> | 'failed' | 'still-running' | 'interrupted';

export interface Followed {
  readonly end: End;
  /** What was current at the look that told the end; absent where none did. */
  readonly current?: string | undefined;
}

/** How often labels and log are read: FilterLogEvents takes few calls a second. In ms. */
const pauseMs = 1_000;

/** How long a version that was never seen may be on its way. In ms. */
const appearanceMs = 10_000;

/** How long lines of the log may be on their way when the labels have told the end. In ms. */
const lastLinesMs = 15_000;

/** Failures of one kind in a row that do not end it: a rotation goes on without whoever watches. */
const patience = 5;

/** Watches a rotation to its end, which the labels tell. Throws a Failure where they cannot be read. */
export async function follow(
  client: SecretsManagerClient,
  following: Following,
): Promise<Followed> {
  const { begun, steps, display, timeoutMs, signal } = following;
  // A look that lasts ends with the time, too.
  const until = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const read = patiently(() => describeSecret(client, following.arn, until));
  const started = Date.now();
  const passed = () => Date.now() - started;
  let hasBeenSeen = false;
  let failedBefore = false;

  for (;;) {
    const secret = await read();
    const standing = secret && standingOf(secret, begun);
    await steps.look(until);
    display.show(steps);
    hasBeenSeen ||= secret?.labelsOf.has(begun.token) ?? false;
    // It may be on its way: what was made by a call is not seen at once by the next one.
    const isSure = hasBeenSeen || steps.areOver() || passed() > appearanceMs;
    if (standing && standing !== 'pending' && isSure) {
      await lastLines(following);
      return { end: standing, current: secret.versionAt('AWSCURRENT') };
    }
    const hasFailed = standing === 'pending' && steps.haveFailed();
    // Lines and labels are not of the same moment: the next look has both.
    if (hasFailed && failedBefore) return { end: 'failed' };
    failedBefore = hasFailed;
    if (signal.aborted) return { end: 'interrupted' };
    if (until.aborted) return { end: 'still-running' };
    await setTimeout(pauseMs, undefined, { signal: until }).catch(() => undefined);
  }
}

/** Lines of the log come later than what they tell. */
async function lastLines({ steps, display, signal }: Following): Promise<void> {
  const until = Date.now() + lastLinesMs;
  while (steps.visible() && !steps.areOver() && Date.now() < until && !signal.aborted) {
    await setTimeout(pauseMs / 2, undefined, { signal }).catch(() => undefined);
    await steps.look(signal);
    display.show(steps);
  }
}

/** Answers `undefined` in place of the first failures in a row. */
function patiently<T>(work: () => Promise<T>): () => Promise<T | undefined> {
  let failures = 0;
  return async () => {
    try {
      const result = await work();
      failures = 0;
      return result;
    } catch (error) {
      failures += 1;
      if (failures < patience) return undefined;
      throw error instanceof Failure ? goingOn(error) : error;
    }
  };
}

const goingOn = ({ code, message }: Failure) =>
  new Failure(
    code,
    `${message} The rotation goes on at AWS all the same: keyturn rotate follows it further.`,
  );
