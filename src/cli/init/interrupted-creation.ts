import { Interrupted } from '../failure.ts';
import type { Created } from './create-first.ts';
import { unwrittenFiles } from './unwritten-files.ts';

/** How long after a signal the answer is waited for, and for how long then what was made is looked up. In ms. */
export const patience = { creation: 2_000, lookup: 3_000 } as const;

/** Aborts some time after another signal did, or now that it did. */
export function delayed(signal: AbortSignal, ms: number): AbortSignal {
  const late = new AbortController();
  const start = () => void setTimeout(() => late.abort(), ms).unref();
  if (signal.aborted) start();
  else signal.addEventListener('abort', start, { once: true });
  return late.signal;
}

/** Interrupted when it was too late: the secret is there. */
export class InterruptedAfter extends Interrupted {
  readonly #made: Created & { readonly secret: string };

  /** `written`: the files for the deployment, where it came as far as them. */
  constructor(secret: string, created: Created, written?: readonly string[]) {
    const files = written?.map((name) => `${name} is written.`).join(' ');
    super(
      'INTERRUPTED_CREATED',
      `Interrupted, but the secret ${secret} was created: ${created.arn}. ${files ?? unwrittenFiles(secret)} ` +
        `Go on to the deployment, or delete it: aws secretsmanager delete-secret --secret-id ${secret}.`,
    );
    this.#made = { secret, ...created };
  }

  override toJSON() {
    return { ...super.toJSON(), ...this.#made };
  }
}

/** Interrupted, and no secret was seen: it was looked for in vain, or could not be looked for. */
export const interruptedWithout = (secret: string, found: 'unknown' | undefined): Interrupted =>
  found === undefined
    ? new Interrupted(
        'INTERRUPTED',
        `Interrupted. The secret ${secret} was not created: there was none when it was looked for. ` +
          'Should the request come late all the same, the next run says so and changes nothing.',
      )
    : new Interrupted(
        'INTERRUPTED_UNKNOWN',
        `Interrupted, and whether the secret ${secret} was created is not known: no answer of AWS came. ` +
          'Run the same command again: it finds that out, and changes nothing where it was.',
      );
