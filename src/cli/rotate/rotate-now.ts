import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Interrupted } from '../failure.ts';
import type { FoundSecret } from '../find-secret.ts';
import { withSecretsManager } from '../secrets-manager.ts';
import type { Terminal } from '../terminal.ts';
import { beginRotation, type BegunRotation } from './begin-rotation.ts';
import { displayOn, type Display } from './display.ts';
import { failureOf } from './failed-rotation.ts';
import { follow } from './follow.ts';
import { assertNoObstacle } from './obstacle.ts';
import type { Progress } from './progress.ts';
import { beginning } from './report.ts';
import type { RotateOptions } from './rotate.ts';
import { seeSteps, type StepsSeen } from './steps-seen.ts';

/** What became of a rotation, for a program. Holds no value. */
export interface RotationDocument extends Partial<Progress> {
  readonly secret: string;
  readonly outcome: 'rotated' | 'started' | 'already-pending';
  readonly versionId: string;
  /** What was current before. */
  readonly from: string | undefined;
  /** What is current instead by now, where that is another version again. */
  readonly supersededBy?: string | undefined;
  /** Whether the log could be read; absent where nobody looked. */
  readonly stepsVisible?: boolean;
  /** Keys whose value from before was marked, and is in the new version nowhere. */
  readonly compromised?: readonly string[];
  /** Keys whose superseded credential was ended at once. */
  readonly revoked?: readonly string[];
}

/**
 * Begins a rotation and follows it to its end. Throws a Failure at any other end, and Interrupted at
 * the signal, before which nothing is begun.
 */
export function rotateNow(
  secret: FoundSecret,
  options: RotateOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<RotationDocument> {
  return withSecretsManager(async (client) => {
    if (!options.follow) return begin(client, secret, terminal, signal);
    assertWanted(signal);
    const steps = await seeSteps(secret, terminal, signal);
    try {
      if (!steps.visible()) await assertNoObstacle(secret, signal);
      assertWanted(signal);
      const begun = await beginRotation(client, secret, signal);
      steps.of(begun.token);
      terminal.tell(beginning(secret, begun));
      return await followed(client, { secret, begun, steps, options, signal }, terminal);
    } finally {
      steps.close();
    }
  });
}

function assertWanted(signal: AbortSignal): void {
  if (signal.aborted) throw new Interrupted('INTERRUPTED', 'Interrupted. No rotation was begun.');
}

async function begin(
  client: SecretsManagerClient,
  secret: FoundSecret,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<RotationDocument> {
  assertWanted(signal);
  const begun = await beginRotation(client, secret, signal);
  terminal.tell(beginning(secret, begun));
  const { token: versionId, currentBefore: from, how } = begun;
  const outcome = how === 'now' ? 'started' : 'already-pending';
  return { secret: secret.name, outcome, versionId, from };
}

interface Pursuit {
  readonly secret: FoundSecret;
  readonly begun: BegunRotation;
  readonly steps: StepsSeen;
  readonly options: RotateOptions;
  readonly signal: AbortSignal;
}

async function followed(
  client: SecretsManagerClient,
  { secret, begun, steps, options, signal }: Pursuit,
  terminal: Terminal,
): Promise<RotationDocument> {
  const { timeoutMs } = options;
  const display = await displayOn(terminal, options);
  const { end, current } = await shownOn(display, () =>
    follow(client, { arn: secret.arn, begun, steps, display, timeoutMs, signal }),
  );
  const seen = { stepsVisible: steps.visible(), ...steps.progress() };
  const named = { secret: secret.name, versionId: begun.token, from: begun.currentBefore };
  if (end === 'rotated') return { ...named, outcome: 'rotated', ...seen };
  if (end === 'superseded') {
    return { ...named, outcome: 'rotated', supersededBy: current, ...seen };
  }
  throw await failureOf(end, { secret, begun, timeoutMs, seen, signal });
}

async function shownOn<T>(display: Display, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await display.end();
  }
}
