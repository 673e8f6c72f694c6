import { realClock } from '../src/local/clock.ts';
import { development } from '../src/local/stack/environments.ts';
import { startStack, type Stack } from '../src/local/stack/stack.ts';
import { functionEnvironment, grace } from './environment.ts';
import { startFunction } from './function-under-test.ts';
import { rotateOnce, stepNames, type Rotated } from './rotate-once.ts';
import { spreadOf, type Spread } from './statistics.ts';
import type { Subjects } from './subjects.ts';

/** What one invocation takes of a function that is loaded. */
export interface Step {
  readonly name: string;
  /** In a process that has just loaded the function: clients are made, chunks are read. */
  readonly firstMs: Spread;
  /** In the same process, from then on. */
  readonly warmMs: Spread;
  /** Of a warm one, by service. */
  readonly calls: Readonly<Record<string, number>>;
}

interface Options {
  /** How many processes of each function are tried, at least one. */
  readonly processes: number;
  /** Rotations in each of them, after its first; at least one. */
  readonly rotations: number;
  readonly signal: AbortSignal;
}

/** Rotates a secret of the local stack by the built functions, each time until the grace has ended. */
export async function measureSteps(
  { rotate, reconcile }: Pick<Subjects, 'rotate' | 'reconcile'>,
  { processes, rotations, signal }: Options,
): Promise<readonly Step[]> {
  const first: Rotated[] = [];
  const warm: Rotated[] = [];
  await using stack = await startQuickStack(signal);
  const environment = functionEnvironment(stack);
  for (let left = processes; left > 0; left -= 1) {
    const { rotateArn, reconcileArn } = development;
    await using functions = new AsyncDisposableStack();
    const start = async (module: string, arn: string) =>
      functions.use(await startFunction({ module, arn, environment }));
    const stage = {
      stack,
      rotate: await start(rotate.module, rotateArn),
      reconcile: await start(reconcile.module, reconcileArn),
      signal,
    };
    first.push(await rotateOnce(stage));
    for (let n = 0; n < rotations; n += 1) warm.push(await rotateOnce(stage));
  }
  return stepNames.map((name) => ({
    name,
    firstMs: spreadOf(first.map((rotated) => rotated[name].ms)),
    warmMs: spreadOf(warm.map((rotated) => rotated[name].ms)),
    calls: counted(warm.at(-1)?.[name].calls ?? []),
  }));
}

/** A stack whose RDS does at once what it is told to, and which leaves booked runs to us. */
async function startQuickStack(signal: AbortSignal): Promise<Stack & AsyncDisposable> {
  const stack = await startStack({ clock: realClock, grace, signal });
  Object.assign(stack.rds.behaviour, { statusDelayMs: 0, resetMs: 0, settleMs: 0 });
  stack.scheduler.behaviour.precisionMs = 3_600_000;
  return { ...stack, [Symbol.asyncDispose]: () => stack.stop() };
}

const counted = (calls: readonly string[]) =>
  Object.fromEntries(
    [...Map.groupBy(calls, (service) => service)].map(([service, { length }]) => [service, length]),
  );
