import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import * as v from 'valibot';
import { development } from '../src/local/stack/environments.ts';
import type { Stack } from '../src/local/stack/stack.ts';
import { graceMs } from './environment.ts';
import type { FunctionUnderTest, Invoked } from './function-under-test.ts';

const rotationSteps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
const endOfGrace = 'reconcile, end of a grace';
const daily = 'reconcile, daily run';

/** The four steps, and what comes after them. */
export const stepNames = [...rotationSteps, endOfGrace, daily] as const;

export type Rotated = Readonly<Record<(typeof stepNames)[number], Invoked>>;

interface Stage {
  readonly stack: Stack;
  readonly rotate: FunctionUnderTest;
  readonly reconcile: FunctionUnderTest;
  readonly signal: AbortSignal;
}

const { secretName, secretArn: SecretId, rotateArn: functionArn } = development;

/** Throws where a step fails, or does not do what it is there for. */
export async function rotateOnce({ stack, rotate, reconcile, signal }: Stage): Promise<Rotated> {
  const token = randomUUID();
  stack.secretsManager.beginRotation(secretName, { token, functionArn });
  const step = (Step: (typeof rotationSteps)[number]) => {
    signal.throwIfAborted();
    const event = { Step, SecretId, ClientRequestToken: token, RotationToken: randomUUID() };
    return rotate.invoke(event);
  };
  const rotated = {
    createSecret: await step('createSecret'),
    setSecret: await step('setSecret'),
    testSecret: await step('testSecret'),
    finishSecret: await step('finishSecret'),
  };
  assertLabelled(stack, 'AWSCURRENT', token);

  const { versionId: superseded } = labelled(stack, 'AWSPREVIOUS');
  // The grace, which is counted in whole seconds.
  await setTimeout(graceMs + 100, undefined, { signal });
  const ended = await reconcile.invoke(bookedFor(stack, token));
  assertLabelled(stack, 'KEYTURN_RETIRED', superseded);
  return { ...rotated, [endOfGrace]: ended, [daily]: await reconcile.invoke({ secret: SecretId }) };
}

const booking = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({ current: v.string(), superseded: v.string() }),
);

/** What the scheduler would call the reconcile function with when the grace ends. */
function bookedFor({ scheduler }: Stack, token: string): object {
  for (const { Target } of scheduler.schedules()) {
    const { success, output } = v.safeParse(booking, Target.Input);
    if (success && output.current === token) return output;
  }
  throw new Error('The rotation booked no end of its grace.');
}

function labelled({ secretsManager }: Stack, label: string) {
  const version = secretsManager.inspect(secretName, label);
  if (version) return version;
  throw new Error(`No version has the label ${label}.`);
}

function assertLabelled(stack: Stack, label: string, versionId: string): void {
  if (labelled(stack, label).versionId === versionId) return;
  throw new Error(`${label} is not where the rotation should have put it.`);
}
