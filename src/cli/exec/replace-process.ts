import { lastStep } from './last-step.ts';
import { isSmall } from './size-limit.ts';
import type { StartPlan } from './start-plan.ts';

/**
 * What makes the program take the place of keyturn, with its process id. `undefined` where Node or
 * the system may fail to: Node aborts then, and a dump of its memory would hold the secret.
 */
export function replacement(
  plan: StartPlan,
  environment: NodeJS.ProcessEnv,
): (() => never) | undefined {
  const execve = process.platform === 'win32' ? undefined : process.execve?.bind(process);
  const { file, argv } = lastStep(plan);
  if (execve === undefined || !plan.sure || !isSmall(argv, environment)) return undefined;
  return () => {
    // Node ignores these two, and programs inherit that. A signal that is listened to starts afresh.
    for (const signal of ['SIGPIPE', 'SIGXFSZ'] as const) process.on(signal, () => undefined);
    return execve(file, argv, environment);
  };
}
