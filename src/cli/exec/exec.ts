import { systemClock } from '../../app/clock.ts';
import { Failure } from '../failure.ts';
import { say } from '../say.ts';
import { readVersion } from '../secret-version.ts';
import { endingAsFirst } from './ending-as-first.ts';
import { giveBack } from './give-back.ts';
import { type Loaded, loadEnvironment, type Wanted } from './load-environment.ts';
import { redacting, Redaction } from './redact.ts';
import { replacement } from './replace-process.ts';
import { runChild } from './run-child.ts';
import { planStart } from './start-plan.ts';
import { type Supervised, supervise } from './supervise.ts';
import { watch } from './watch.ts';

export interface ExecOptions extends Wanted {
  /** The name of the program, and its arguments. */
  readonly program: readonly [string, ...string[]];
  readonly watch?: WatchOptions | undefined;
  readonly redact: boolean;
}

interface WatchOptions {
  /** In ms. */
  readonly every: number;
  /** Sent to the program at a new version, which is started anew without it. */
  readonly signal?: NodeJS.Signals | undefined;
}

/**
 * Runs a program with the values of the secret in its environment: in place of keyturn where that
 * is possible, or else as its child. Answers the exit code of a child. Throws a Failure.
 */
export async function exec(options: ExecOptions): Promise<number> {
  const plan = () => planStart(options.program, process.env.PATH);
  // Where there is no such program, nothing is read.
  plan();
  const loaded = await endingAsFirst(() => loadEnvironment(options));
  const own = options.redact ? [] : [process.stdout, process.stderr];
  giveBack([process.stdin, ...own]);
  // The file may be another one by now.
  const replace =
    options.watch || options.redact ? undefined : replacement(plan(), loaded.environment);
  if (replace) return replace();

  const redaction = new Redaction();
  for (const document of loaded.documents) redaction.add(document);
  const filter = options.redact ? () => redacting(redaction.redactor()) : undefined;
  const program = supervise({
    start: (environment) => runChild({ plan: plan(), environment, filter }),
    environment: loaded.environment,
  });
  return follow({ options, loaded, program, redaction });
}

interface Following {
  readonly options: ExecOptions;
  readonly loaded: Loaded;
  readonly program: Supervised;
  readonly redaction: Redaction;
}

/** Waits for the end of the program, and tells it of new versions meanwhile. */
async function follow({ options, loaded, program, redaction }: Following): Promise<number> {
  if (!options.watch) return program.ended;
  const { every, signal: notice } = options.watch;
  const over = new AbortController();
  let { versionId } = loaded;

  async function look(): Promise<void> {
    const { secret } = options;
    if ((await readVersion({ secret, stage: 'AWSCURRENT' })).versionId === versionId) return;
    const latest = await loadEnvironment(options);
    if (over.signal.aborted) return;
    versionId = latest.versionId;
    for (const document of latest.documents) redaction.add(document);
    const next = notice ? `The program is sent ${notice}.` : 'The program is started again.';
    say(`Version ${versionId} of the secret is current. ${next}`);
    if (notice) program.send(notice);
    else program.restart(latest.environment);
  }

  void watch({ every, look, failed: warnOf, clock: systemClock, signal: over.signal });
  return program.ended.finally(() => over.abort());
}

/** Of an error that nobody expected the message is not told: it may hold a value. */
function warnOf(error: unknown): void {
  const code = error instanceof Failure ? ` (${error.code})` : '';
  say(
    `Looking for a new version failed${code}. The program runs on with what it has; it is tried again.`,
  );
}
