import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { constants } from 'node:os';
import type { Transform } from 'node:stream';
import type { Failure } from '../failure.ts';
import { printableName } from '../printable.ts';
import { drained, passOn } from './drained.ts';
import { ProgramNotExecutable, ProgramNotFound } from './not-started.ts';
import type { StartPlan } from './start-plan.ts';

/** The program as a child of keyturn's. */
export interface Child {
  /** The exit code, 128+n for a signal. Rejects with a Failure where it could not be started. */
  readonly ended: Promise<number>;
  /** Once it has ended: waits until what it wrote was passed on. */
  readonly drained: () => Promise<void>;
  /** Does nothing where it has ended. */
  readonly send: (signal: NodeJS.Signals) => void;
}

interface Start {
  readonly plan: StartPlan;
  readonly environment: NodeJS.ProcessEnv;
  /** Makes what its output goes through; without it the program writes where keyturn would. */
  readonly filter?: (() => Transform) | undefined;
}

/** Throws a Failure where the system does not take the program at all. */
export function runChild({ plan, environment, filter }: Start): Child {
  const output = filter ? 'pipe' : 'inherit';
  const child = spawned(plan, { env: environment, stdio: ['inherit', output, output] });
  const outputs = filter ? outputsOf(child, filter) : [];
  return {
    ended: endOf(child, plan),
    drained: () => drained(outputs),
    send: (signal) => void child.kill(signal),
  };
}

function spawned(plan: StartPlan, options: SpawnOptions): ChildProcess {
  const [argv0, ...args] = plan.argv;
  try {
    return spawn(plan.file, args, { ...options, argv0 });
  } catch (error) {
    throw notStarted(error, plan);
  }
}

const endOf = (child: ChildProcess, plan: StartPlan) =>
  new Promise<number>((resolve, reject) => {
    child.once('exit', (code, signal) => resolve(code ?? 128 + numberOf(signal)));
    child.on('error', (error) => {
      // It is told, too, that a signal was not allowed; the program runs on then.
      if (child.pid === undefined) reject(notStarted(error, plan));
    });
  });

const numberOf = (signal: NodeJS.Signals | null) => (signal ? constants.signals[signal] : 0);

function notStarted(error: unknown, { argv }: StartPlan): Failure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const name = printableName(argv[0]);
  if (code === 'ENOENT' && process.platform === 'win32') {
    return new ProgramNotFound(`The program ${name} was not found. Look at how it is written.`);
  }
  return new ProgramNotExecutable(
    `The program ${name} could not be started (${code}). Look whether it was built for this machine, and ` +
      'whether arguments and environment are too long (E2BIG).',
  );
}

const outputsOf = ({ stdout, stderr }: ChildProcess, filter: () => Transform) => [
  ...(stdout ? [passOn(stdout, filter(), process.stdout)] : []),
  ...(stderr ? [passOn(stderr, filter(), process.stderr)] : []),
];
