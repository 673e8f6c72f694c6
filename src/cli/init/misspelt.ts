import { UsageError } from '../failure.ts';

const command = 'postgres-alternating';

/** Throws a UsageError where the name of a secret is rather a subcommand that was mistyped. */
export function assertNoCommand(secret: string | undefined): void {
  if (secret === undefined || distance(secret.toLowerCase(), command) > 4) return;
  throw new UsageError(
    `There is no command 'init ${/^[\w-]+$/.test(secret) ? secret : '…'}'. (Did you mean init ${command}?) A secret is not ` +
      'made by a name so close to that.',
  );
}

/** How many letters must be put in, taken out or replaced. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [at, letter] of one.split('').entries()) {
    const next = [at + 1];
    for (const [index, expected] of other.split('').entries()) {
      const [beside = 0, above = 0, before = 0] = [row[index], row[index + 1], next[index]];
      next.push(Math.min(beside + (letter === expected ? 0 : 1), above + 1, before + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
