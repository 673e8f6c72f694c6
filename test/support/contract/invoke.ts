import { setTimeout as sleep } from 'node:timers/promises';
import type { RotationError } from '../../../src/rotation/errors.ts';
import { guarded } from '../../../src/rotation/guarded-rotator.ts';
import { textsIn } from '../../../src/rotation/redaction.ts';
import type { Call, Credential, Rotator } from '../../../src/rotation/rotator.ts';
import { expectSilent, expectTold } from '../expect-told.ts';
import { Gate } from '../gate.ts';
import type { System } from './fixture.ts';

export type Run<R> = (rotator: Rotator, call: Call) => Promise<R>;

export type Outcome<R> =
  | { readonly result: R; readonly error?: undefined }
  | { readonly error: RotationError; readonly result?: undefined };

/**
 * One invocation of a verb, by a rotator of its own. Whatever is thrown or logged is held to the
 * promises on errors: a code, the key, a next step, no secret.
 */
export async function attempt<R>(
  system: System,
  run: Run<R>,
  gate = new Gate(),
): Promise<Outcome<R>> {
  const rotator = guarded(await system.rotator(gate));
  const lines: string[] = [];
  const log = {
    info: (line: string) => lines.push(line),
    warn: (line: string) => lines.push(line),
  };
  const outcome = await run(rotator, { signal: gate.signal, log, withhold: () => undefined }).then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
  gate.close();

  const secrets = secretsOf(rotator, system.current, system.wrong);
  for (const line of lines) expectSilent(line, secrets);
  if ('result' in outcome) return outcome;
  const error = expectTold(outcome.error, { secrets });
  if (![...rotator.changes, ...rotator.reads].includes(error.key ?? '')) {
    throw new Error(`The error ${error.code} names no key of its rotator.`, { cause: error });
  }
  return { error };
}

/** An invocation that must succeed at once. */
export async function must<R>(system: System, run: Run<R>): Promise<R> {
  const outcome = await attempt(system, run);
  if (outcome.error) throw new Error('It must not fail here.', { cause: outcome.error });
  return outcome.result;
}

/** As Secrets Manager does: calls again, with a rotator of its own each time, while that may help. */
export async function untilDone<R>(system: System, run: Run<R>): Promise<R> {
  for (let left = 4; ; left -= 1) {
    const outcome = await attempt(system, run);
    if (!outcome.error) return outcome.result;
    if (!outcome.error.retryable || left === 0) {
      throw new Error('It must succeed when called again.', { cause: outcome.error });
    }
    await sleep(20);
    await system.settled();
  }
}

/** The values of the keys that are secret: those the rotator changes, and does not say to be none. */
const secretsOf = ({ changes, shown = [] }: Rotator, ...credentials: readonly Credential[]) =>
  credentials.flatMap((credential) =>
    changes.filter((key) => !shown.includes(key)).flatMap((key) => textsIn(credential[key])),
  );
