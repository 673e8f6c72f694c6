import { readFileSync } from 'node:fs';

/**
 * Whether arguments and environment are far from what systems take: 2 MB in all as a rule, a quarter
 * of the stack, and 128 KB in one text on Linux.
 */
export function isSmall(argv: readonly string[], environment: NodeJS.ProcessEnv): boolean {
  const variables = Object.entries(environment).map(([name, value = '']) => `${name}=${value}`);
  const sizes = [...argv, ...variables].map((each) => Buffer.byteLength(each) + 1);
  // Each has a pointer, too.
  const all = sizes.reduce((sum, size) => sum + size + 8, 0);
  return sizes.every((size) => size < 100_000) && all < Math.min(512_000, stackSize() / 8);
}

/** The soft limit in bytes, as proc(5) has it; infinite where there is none, or it is not told. */
function stackSize(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    return Number(/^Max stack size +(\d+)/m.exec(limits)?.[1] ?? Infinity);
  } catch {
    return Infinity;
  }
}
