import { Failure, UsageError } from '../failure.ts';
import { findSecret } from '../find-secret.ts';
import { elsewhere } from '../secrets-manager.ts';
import { hearingSignals } from '../signals.ts';
import type { Terminal } from '../terminal.ts';
import { introduction, question, sentences } from './report.ts';

export interface RotateOptions {
  /** A name or an ARN. */
  readonly secret: string;
  /** Keys whose current value somebody else may have. */
  readonly compromised: readonly string[];
  readonly dryRun: boolean;
  /** Whether to wait for the end. */
  readonly follow: boolean;
  readonly json: boolean;
  /** How long to follow, in ms. */
  readonly timeoutMs: number;
  readonly yes: boolean;
}

/**
 * Has Secrets Manager rotate a secret now, and follows it to its end; with `dryRun` only says whether
 * that could succeed. Asks first. Throws a UsageError, a Failure or Interrupted. May be called again:
 * a rotation that is still pending is followed.
 */
export async function rotate(options: RotateOptions, terminal: Terminal): Promise<void> {
  assertFitting(options);
  if (!options.dryRun && !options.yes && !terminal.interactive) throw notAsked();
  terminal.tell(elsewhere());
  const secret = await findSecret(options.secret);
  if (options.dryRun) {
    const { rehearse } = await import('./rehearse.ts');
    return hearingSignals(({ signal }) => rehearse(secret, options, terminal, signal));
  }
  terminal.tell(introduction(secret, options));
  if (!options.yes && !(await terminal.confirm(question(options)))) throw declined();

  const { rotateCompromised } = await import('./rotate-compromised.ts');
  const { rotateNow } = await import('./rotate-now.ts');
  // From here on a signal must not end the command before it said what goes on without it.
  const document = await hearingSignals(({ signal }) =>
    options.compromised.length > 0
      ? rotateCompromised(secret, options, terminal, signal)
      : rotateNow(secret, options, terminal, signal),
  );
  await terminal.answer(
    options.json ? `${JSON.stringify(document, null, 2)}\n` : sentences(document),
  );
}

function assertFitting({ compromised, dryRun, follow }: RotateOptions): void {
  if (compromised.length === 0 || (follow && !dryRun)) return;
  throw new UsageError(
    '--compromised ends what the rotation supersedes when that is over, so it goes with neither ' +
      '--no-follow nor --dry-run.',
  );
}

const notAsked = () =>
  new UsageError('There is no terminal to ask on. Add --yes to rotate without being asked.');

const declined = () => new Failure('DECLINED', 'Nothing was changed.');
