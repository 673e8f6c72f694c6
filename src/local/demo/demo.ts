import { setTimeout } from 'node:timers/promises';
import {
  DescribeSecretCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { production } from '../stack/environments.ts';
import type { Strategy } from '../strategies/strategy.ts';
import type { DemoReport, RotationReport } from './report.ts';
import { watchRotation } from './rotation-watch.ts';
import type { LabelsOf, Show } from './show.ts';
import { setUp, type Stage } from './stage.ts';
import { countsSince } from './traffic.ts';
import { turnOn } from './turn-on.ts';

export interface Demonstration {
  /** How many, one after the other. */
  readonly rotations: number;
  /** How the secret is rotated. */
  readonly strategy: Strategy;
  readonly show: Show;
  readonly signal: AbortSignal;
}

/**
 * Boots the stack and those who use what is rotated, all the time, and rotates
 * `reminder-app/production` so many times, each time until the superseded credentials ended. Throws
 * the signal's reason, and where the example application ends, with what it said.
 */
export async function demonstrate({
  rotations,
  strategy,
  show,
  signal,
}: Demonstration): Promise<DemoReport> {
  await using stage = await setUp({ strategy, show, interrupted: signal });
  await show.during(
    'Turn rotation on, which tries the set-up with testSecret alone',
    turnOn(stage.client, stage.stack),
  );

  const reports: RotationReport[] = [];
  for (let number = 1; number <= rotations; number += 1) {
    stage.signal.throwIfAborted();
    reports.push(await rotate(number, stage));
  }
  return { secret: production.secretName, strategy: strategy.name, rotations: reports };
}

async function rotate(number: number, stage: Stage): Promise<RotationReport> {
  const { client, read, traffic, show, signal, strategy } = stage;
  const watch = watchRotation(stage.stack, signal);
  stage.hear = watch.hear;
  const [before, values, counted] = [await labels(client), await read(), traffic.counts()];

  const { VersionId } = await client.send(
    new RotateSecretCommand({ SecretId: production.secretName }),
  );
  const error = await show.rotation(number, watch, strategy).then(
    () => undefined,
    (failure: unknown) => (failure instanceof Error ? failure.message : 'unknown'),
  );
  signal.throwIfAborted();
  // A moment of traffic on the new credentials alone, before anything is counted.
  await setTimeout(250);
  watch.stop();

  const [after, changed] = [await labels(client), await read()];
  const requests = countsSince(counted, traffic.counts());
  const hasFailed = Object.values(requests).some(({ failed }) => failed > 0);
  const report: RotationReport = {
    versions: { before: currentOf(before), after: currentOf(after) },
    keys: Object.fromEntries(
      [...watch.seen.rotators].map(([key, rotator]) => [
        key,
        { rotator, changed: values[key] !== changed[key] },
      ]),
    ),
    steps: watch.seen.steps,
    switchGapMs: watch.seen.switchGapMs,
    requests,
    secretsManagerCalls: watch.seen.secretsManagerCalls,
    refusedCalls: stage.stack.iam?.report().denied.length ?? 0,
    ...(hasFailed && { failures: traffic.failures() }),
    ...(error && { error: `${error} (version ${VersionId})` }),
  };
  show.result(number, report, { before, after });
  return report;
}

async function labels(client: SecretsManagerClient): Promise<LabelsOf> {
  const input = { SecretId: production.secretName };
  return (await client.send(new DescribeSecretCommand(input))).VersionIdsToStages ?? {};
}

const currentOf = (labelsOf: LabelsOf) =>
  Object.keys(labelsOf).find((id) => labelsOf[id]?.includes('AWSCURRENT')) ?? '';
