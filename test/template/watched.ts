import { RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { DeadLetter } from '../../src/rotation/dead-letters.ts';
import { contextWith, secretArn } from '../handlers/support/lambda.ts';
import { measuring, type Invoked } from '../handlers/support/measuring.ts';
import { functionArn } from '../handlers/support/wired.ts';
import { steps } from '../rotation/support/world.ts';
import { alarmOf, stateAt, type Alarm, type Evaluation } from '../support/cloudwatch/alarm.ts';
import { RecordedMetrics } from '../support/cloudwatch/recorded-metrics.ts';
import { propertiesOfType } from './resources.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** What is known late: a line of a log later than Lambda's own metrics, which is the worse order. */
const late = { line: 4 * minute, lambda: minute };
/** Lambda counts an invocation from before the function is loaded. */
const coldStart = 1_500;

type FunctionName = 'keyturn-rotate' | 'keyturn-reconcile';

/**
 * The real handlers, on a clock that is driven, and a CloudWatch that is sent all they emit and what
 * Lambda counts of them. The day begins at midnight; nothing runs but what the test runs.
 */
export async function watched() {
  const letters: DeadLetter[] = [];
  const world = await measuring({ deadLetters: () => lettersTakenOnce(letters) });
  const { clock } = world;
  const metrics = new RecordedMetrics();

  function invoked(name: FunctionName, { at, failed }: { at: number; failed: boolean }): void {
    const errors = { namespace: 'AWS/Lambda', name: 'Errors', dimensions: { FunctionName: name } };
    metrics.add(errors, {
      value: Number(failed),
      at: at - coldStart,
      knownAt: clock.now().getTime() + late.lambda,
    });
  }

  async function invoke(name: FunctionName, work: () => Promise<Invoked>): Promise<Invoked> {
    const at = clock.now().getTime();
    const outcome = await work();
    for (const line of world.lines) metrics.read(line, clock.now().getTime() + late.line);
    invoked(name, { at, failed: outcome.code !== undefined });
    return outcome;
  }

  const rig = {
    ...world,
    /** Calls that were given up; one that is not of this secret stays where it is. */
    letters,

    /** An invocation that ended without a word of the function's. */
    broke: (name: FunctionName) => invoked(name, { at: clock.now().getTime(), failed: true }),

    run: (...[step, token, context]: Parameters<typeof world.run>) =>
      invoke('keyturn-rotate', () => world.run(step, token, context ?? contextWith())),
    rollBack: () => invoke('keyturn-rotate', world.rollBack),
    reconcile: (...args: Parameters<typeof world.reconcile>) =>
      invoke('keyturn-reconcile', () => world.reconcile(...args)),

    async rotate(): Promise<void> {
      const token = world.begin();
      for (const step of steps) await rig.run(step, token);
    },

    turnOn: () => scheduled(world),

    /** Moves on to a time of a day, counted from the first, which is 0. */
    until: (ofDay: number, time: number) => clock.advance(start + ofDay * day + time - now()),

    /** The daily runs of these days, each a few seconds after 12:15, as Scheduler is precise. */
    async days(first: number, last = first): Promise<void> {
      for (let ofDay = first; ofDay <= last; ofDay++) {
        await rig.until(ofDay, dailyAt(ofDay));
        await rig.reconcile();
      }
    },

    /** The alarms that are raised between two times, counted from the first midnight. */
    raised: (from: number, to = from) => raised(metrics, { from: start + from, to: start + to }),
  };
  const now = () => clock.now().getTime();
  const start = now();
  await scheduled(world);
  return rig;
}

export type Watched = Awaited<ReturnType<typeof watched>>;

/** Turns rotation on; no window opens for as long as a test takes. */
async function scheduled({ wiring, manager }: Awaited<ReturnType<typeof measuring>>) {
  await wiring.secretsManager.send(
    new RotateSecretCommand({
      SecretId: secretArn,
      RotationLambdaARN: functionArn,
      RotationRules: { ScheduleExpression: 'rate(90 days)', Duration: '3h' },
      RotateImmediately: false,
    }),
  );
  await manager.idle();
}

const dailyAt = (ofDay: number) => 12 * hour + 15 * minute + ((ofDay * 37) % 60) * 1_000;

const lettersTakenOnce = (letters: readonly DeadLetter[]) => {
  const batches = [letters];
  return { take: async () => batches.shift() ?? [] };
};

/** The alarms of the template, on the secret of the tests. */
const alarms: readonly Alarm[] = Object.values(
  propertiesOfType('AWS::CloudWatch::Alarm', {
    SecretName: 'shop/production',
    RotationFunction: 'keyturn-rotate',
    ReconcileFunction: 'keyturn-reconcile',
  }),
).map(alarmOf);

const evaluations: readonly Evaluation[] = (
  ['sliding', 'by-the-clock', 'by-the-clock, whole'] as const
).flatMap((periods) =>
  [0, 2, 5].flatMap((beyond) =>
    [true, false].map((fillsEmpty) => ({ periods, beyond, fillsEmpty })),
  ),
);

/** When an alarm was first raised, in hours: whatever AWS leaves open, it lies between the two. */
interface Raised {
  readonly earliest: number;
  /** `Infinity` where it may never be. */
  readonly latest: number;
}

function raised(
  metrics: RecordedMetrics,
  { from, to }: { from: number; to: number },
): Readonly<Record<string, Raised>> {
  const stepMs = Math.max(minute, Math.floor((to - from) / 400 / minute) * minute);
  const hoursUntil = (alarm: Alarm, evaluation: Evaluation) => {
    for (let now = from; now <= to; now += stepMs) {
      if (stateAt(alarm, { metrics, now, evaluation }) === 'ALARM') return (now - from) / hour;
    }
    return Infinity;
  };
  return Object.fromEntries(
    alarms.flatMap((alarm) => {
      const hours = evaluations.map((evaluation) => hoursUntil(alarm, evaluation));
      const [earliest, latest] = [Math.min(...hours), Math.max(...hours)];
      return earliest < Infinity ? [[alarm.AlarmName, { earliest, latest }]] : [];
    }),
  );
}
