import type { StartPlan } from './start-plan.ts';

/**
 * What makes the program take the place of keyturn, with its process id. `undefined` where Node or
 * the system may fail to: Node aborts then, and a dump of its memory would hold the secret.
 */
export function replacement(
  { file, argv, sure }: StartPlan,
  environment: NodeJS.ProcessEnv,
): (() => never) | undefined {
  const execve = process.platform === 'win32' ? undefined : process.execve?.bind(process);
  if (execve === undefined || !sure || !isSmall(argv, environment)) return undefined;
  return () => {
    // Node ignores these two, and programs inherit that. A signal that is listened to starts afresh.
    for (const signal of ['SIGPIPE', 'SIGXFSZ'] as const) process.on(signal, () => undefined);
    return execve(file, argv, environment);
  };
}

/** Far from what systems take: 2 MB in all as a rule, and 128 KB in one text on Linux. */
function isSmall(argv: readonly string[], environment: NodeJS.ProcessEnv): boolean {
  const variables = Object.entries(environment).map(([name, value = '']) => `${name}=${value}`);
  const sizes = [...argv, ...variables].map((each) => Buffer.byteLength(each));
  return sizes.every((size) => size < 100_000) && sizes.reduce((sum, size) => sum + size) < 512_000;
}
