import { forwardSignals } from './forward-signals.ts';
import type { Child } from './run-child.ts';

interface Supervision {
  readonly start: (environment: NodeJS.ProcessEnv) => Child;
  readonly environment: NodeJS.ProcessEnv;
  /** In ms: how long the program has to end when it is to be started anew. */
  readonly grace?: number;
}

/** A program that may be started anew, with another environment. */
export interface Supervised {
  /** Its exit code, when it has ended by itself or by a signal that was passed on. */
  readonly ended: Promise<number>;
  readonly send: (signal: NodeJS.Signals) => void;
  /** Ends it, in whatever way it takes, and starts it again. */
  readonly restart: (environment: NodeJS.ProcessEnv) => void;
}

/** Starts a program, and passes signals on to it until it has ended. */
export function supervise({ start, environment, grace = 10_000 }: Supervision): Supervised {
  let child: Child;
  let next: NodeJS.ProcessEnv | undefined;
  let isLeaving = false;
  const stopForwarding = forwardSignals({
    heard(signal) {
      // Programs also take HUP for something else.
      isLeaving ||= leaving.has(signal) || (signal === 'SIGHUP' && next !== undefined);
    },
    tell: (signal) => child.send(signal),
  });
  // Nothing is heard before this is through, and nothing that comes meanwhile is lost.
  try {
    child = start(environment);
  } catch (error) {
    stopForwarding();
    throw error;
  }

  async function untilItEnds(): Promise<number> {
    for (;;) {
      const code = await child.ended;
      if (next === undefined || isLeaving) return code;
      child = start(next);
      next = undefined;
    }
  }

  async function run(): Promise<number> {
    const code = await untilItEnds().finally(stopForwarding);
    await child.drained();
    return code;
  }

  return {
    ended: run(),
    send: (signal) => child.send(signal),
    restart(latest) {
      if (isLeaving) return;
      if (next === undefined) stop(child, grace);
      next = latest;
    },
  };
}

/** Whoever sends one of these wants no new start. */
const leaving: ReadonlySet<NodeJS.Signals> = new Set(['SIGTERM', 'SIGINT', 'SIGQUIT']);

function stop(child: Child, grace: number): void {
  const timer = setTimeout(() => child.send('SIGKILL'), grace);
  child.ended.finally(() => clearTimeout(timer)).catch(() => undefined);
  child.send('SIGTERM');
}
