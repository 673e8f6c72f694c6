import { setTimeout } from 'node:timers/promises';
import {
  DescribeSecretCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { production } from '../stack/environments.ts';
import type { DemoReport, RotationReport } from './report.ts';
import { watchRotation } from './rotation-watch.ts';
import type { LabelsOf, Show } from './show.ts';
import { setUp, type Stage } from './stage.ts';
import { countsSince } from './traffic.ts';

/**
 * Boots the stack and the example application, has it visited all the time, and rotates every key of
 * `reminder-app/production` so many times, each time until the superseded credentials ended. Throws
 * the signal's reason, and where the application ends, with what it said.
 */
export async function demonstrate(
  rotations: number,
  show: Show,
  signal: AbortSignal,
): Promise<DemoReport> {
  await using stage = await setUp(show, signal);
  await show.during(
    'Turn rotation on, which tries the set-up with testSecret alone',
    turnOn(stage),
  );

  const reports: RotationReport[] = [];
  for (let number = 1; number <= rotations; number += 1) {
    stage.signal.throwIfAborted();
    reports.push(await rotate(number, stage));
  }
  return { secret: production.secretName, rotations: reports };
}

async function turnOn({ client, stack }: Stage): Promise<void> {
  await client.send(
    new RotateSecretCommand({
      SecretId: production.secretName,
      RotationLambdaARN: production.rotateArn,
      RotationRules: { ScheduleExpression: 'cron(0 3 1 * ? *)', Duration: '2h' },
      RotateImmediately: false,
    }),
  );
  await stack.secretsManager.idle();
}

async function rotate(number: number, stage: Stage): Promise<RotationReport> {
  const { client, read, traffic, show, signal } = stage;
  const watch = watchRotation(stage.stack, signal);
  stage.hear = watch.hear;
  const [before, values, counted] = [await labels(client), await read(), traffic.counts()];

  const { VersionId } = await client.send(
    new RotateSecretCommand({ SecretId: production.secretName }),
  );
  const error = await show.rotation(number, watch).then(
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
