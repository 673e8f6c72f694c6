import { setTimeout } from 'node:timers/promises';
import {
  DescribeSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { JournalEntry } from '../../rotation/journal.ts';
import { realClock } from '../clock.ts';
import { credentialsOf } from '../iam/guard.ts';
import { production } from '../stack/environments.ts';
import { startStack, type Stack } from '../stack/stack.ts';
import { secretReader, type ReadSecret } from './published-secret.ts';
import type { DemoReport, RotationReport } from './report.ts';
import { watchRotation, type RotationWatch } from './rotation-watch.ts';
import { countsSince, startTraffic, type Traffic } from './traffic.ts';
import { reminderAppWorkloads } from './workloads.ts';

/** How long a superseded Twilio token lives on here; on AWS an hour, and two minutes at least. */
const grace = '2s';

/** Labels by version id. */
export type LabelsOf = Readonly<Record<string, readonly string[]>>;

/** Shows what happens, while it happens. */
export interface Show {
  /** Something that takes a while; the show goes by its promise. */
  during<T>(title: string, work: Promise<T>): Promise<T>;
  rotation(number: number, watch: RotationWatch): Promise<void>;
  result(
    number: number,
    report: RotationReport,
    labels: { before: LabelsOf; after: LabelsOf },
  ): void;
}

interface Stage {
  readonly stack: Stack;
  readonly client: SecretsManagerClient;
  readonly read: ReadSecret;
  readonly traffic: Traffic;
  readonly show: Show;
  /** Takes the journal entries of the rotation under way. */
  hear: (entry: JournalEntry) => void;
}

/**
 * Boots the stack, runs the application's traffic, and rotates every key of
 * `reminder-app/production` so many times, each time until the superseded credentials ended.
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
    signal.throwIfAborted();
    reports.push(await rotate(number, stage, signal));
  }
  return { secret: production.secretName, rotations: reports };
}

async function setUp(show: Show, signal: AbortSignal): Promise<Stage & AsyncDisposable> {
  const listening = { hear: (_entry: JournalEntry) => undefined as void };
  const stack = await show.during(
    'Start PostgreSQL, Twilio, Secrets Manager, RDS and Scheduler on this machine',
    startStack({
      clock: realClock,
      grace,
      enforceIam: true,
      signal,
      onJournal: ({ name }, entry) => name === production.name && listening.hear(entry),
    }),
  );
  const client = new SecretsManagerClient(stack.clientConfig);
  // The application has what the template's policy for it grants, and no more.
  const application = new SecretsManagerClient({
    ...stack.clientConfig,
    credentials: credentialsOf(production.applicationRole),
  });
  const read = secretReader(application, production.secretName);
  const traffic = startTraffic(await reminderAppWorkloads(stack, read));

  return Object.assign(listening, {
    stack,
    client,
    read,
    traffic,
    show,
    async [Symbol.asyncDispose]() {
      await traffic.stop();
      client.destroy();
      application.destroy();
      await stack.stop();
    },
  });
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

async function rotate(number: number, stage: Stage, signal: AbortSignal): Promise<RotationReport> {
  const { client, read, traffic, show } = stage;
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
  const report: RotationReport = {
    versions: { before: currentOf(before), after: currentOf(after) },
    keys: Object.fromEntries(
      [...watch.seen.rotators].map(([key, rotator]) => [
        key,
        { rotator, changed: Reflect.get(values, key) !== Reflect.get(changed, key) },
      ]),
    ),
    steps: watch.seen.steps,
    switchGapMs: watch.seen.switchGapMs,
    requests: countsSince(counted, traffic.counts()),
    secretsManagerCalls: watch.seen.secretsManagerCalls,
    refusedCalls: stage.stack.iam?.report().denied.length ?? 0,
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
