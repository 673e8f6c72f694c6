import { DocumentedFailure } from '../documented-failure.ts';
import { type Failure, Interrupted } from '../failure.ts';
import type { FoundSecret } from '../find-secret.ts';
import type { Followed } from './follow.ts';
import { obstacleTo } from './obstacle.ts';
import type { Problem, Progress } from './progress.ts';
import type { Begun } from './standing.ts';
import { spanText } from './wording.ts';

type End = Exclude<Followed['end'], 'rotated' | 'superseded' | 'interrupted'>;

interface Unfinished {
  readonly secret: FoundSecret;
  readonly begun: Begun;
  readonly timeoutMs: number;
  readonly seen: Progress & { readonly stepsVisible: boolean };
  readonly signal: AbortSignal;
}

/** What to say of an end that is none, or not the one that was meant. */
export async function failureOf(
  end: End | 'interrupted',
  unfinished: Unfinished,
): Promise<Failure> {
  const { secret, begun, seen } = unfinished;
  if (end === 'interrupted') return interrupted(secret.name);
  const problem = await problemOf(end, unfinished);
  const { code, message } = tellings[end](unfinished, problem);
  return new DocumentedFailure(code, message, {
    secret: secret.name,
    versionId: begun.token,
    from: begun.currentBefore,
    ...seen,
    ...(problem && { problem }),
  });
}

/** What was seen, or else what the function itself says, once nothing of the rotation runs any more. */
async function problemOf(
  end: End,
  { seen, secret, signal }: Unfinished,
): Promise<Problem | undefined> {
  if (seen.problem) return seen.problem;
  return end === 'taken-back' ? ((await obstacleTo(secret, signal)) ?? unexplained) : undefined;
}

const unexplained: Problem = {
  code: 'ROTATION_FAILED',
  message: 'nothing tells that any more. Look at the log of the function, then rotate again.',
  retryable: false,
};

interface Told {
  readonly code: string;
  readonly message: string;
}

type Telling = (unfinished: Unfinished, problem: Problem | undefined) => Told;

const tellings: Readonly<Record<End, Telling>> = {
  'taken-back': ({ secret }, problem = unexplained) => ({
    code: problem.code,
    message:
      `The rotation of ${secret.name} failed and was taken back: AWSCURRENT is where it was.\n` +
      `Why: ${problem.message}`,
  }),
  'rolled-back': ({ secret, begun }) => ({
    code: 'ROLLED_BACK',
    message:
      `The rotation of ${secret.name} succeeded, and was rolled back since: ${begun.token} is not ` +
      'current any more.\nSee how the secret stands with keyturn status, then rotate again.',
  }),
  failed: ({ secret, begun }, problem = unexplained) => ({
    code: problem.code,
    message:
      `The rotation of ${secret.name} failed.\nAWSCURRENT is where it was; AWSPENDING stays on ` +
      `${begun.token}, and Secrets Manager tries that again.\nWhy: ${problem.message}\nOnce that is mended, ` +
      `keyturn rotate ${secret.name} follows it further; keyturn repair ends it.`,
  }),
  abandoned: ({ secret }) => ({
    code: 'ROTATION_ABANDONED',
    message:
      `The rotation of ${secret.name} was abandoned: a value was stored, or another rotation begun, ` +
      'while it ran.\nSee how the secret stands with keyturn status, then rotate again.',
  }),
  'still-running': ({ secret, timeoutMs }, problem) => ({
    code: 'STILL_RUNNING',
    message:
      `The rotation of ${secret.name} is not over after ${spanText(timeoutMs)}; it goes on without this ` +
      `command.${problem ? `\nIts last error: ${problem.message}` : ''}\nLook at it with keyturn status, ` +
      `follow it with keyturn rotate ${secret.name}, or end it with keyturn repair.`,
  }),
};

const interrupted = (name: string) =>
  new Interrupted(
    'INTERRUPTED',
    `Nobody watches any more, but the rotation of ${name} goes on at AWS.\nLook at it with keyturn status ` +
      `${name}, or follow it with keyturn rotate ${name}.`,
  );
