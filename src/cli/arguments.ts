import type { CommanderError } from 'commander';
import { UsageError } from './failure.ts';
import { isPrintable } from './printable.ts';

/** Throws a UsageError, without showing them, where arguments would be obeyed by a terminal. */
export function assertPrintable(args: readonly string[]): void {
  if (args.every(isPrintable)) return;
  throw new UsageError(
    'An argument holds control characters or line breaks. Call the command without them.',
  );
}

/** Whether it can be the name or the ARN of a secret. */
export const isSecretId = (text: string): boolean => /^[\w/+=.@!:-]{1,2048}$/.test(text);

/** The name or the ARN of a secret. Throws a UsageError before anything is asked of AWS. */
export function secretIdOf(text: string): string {
  if (text === '--') throw new UsageError('The name of the secret is missing before the --.');
  if (isSecretId(text)) return text;
  throw new UsageError(
    'That is neither the name nor the ARN of a secret: those have letters, digits and /_+=.@-. ' +
      'An empty one may come from a variable of the shell that is not set.',
  );
}

/** What commander found, without words of an argument that may be a value in the wrong place. */
export function usageErrorOf({ code, message }: CommanderError): UsageError {
  if (code === 'commander.help') return new UsageError('Name a command.');
  const said = message
    .replace(/^error: /, '')
    .replace(/(but got \d+): .*$/s, '$1.')
    .replace(/argument '.*' is invalid/s, 'has an argument that is invalid')
    .replace(/^unknown (option|command) '(.*)'/s, (_, what: string, given: string) =>
      [`unknown ${what}`, plainName(given)].filter(Boolean).join(' '),
    );
  return new UsageError(/[.)]$/.test(said) ? said : `${said}.`);
}

/** The name of `--name=value`; nothing where it does not look like the name of anything. */
function plainName(given: string): string | undefined {
  const name = /^(?:--)?[A-Za-z][\w-]{0,40}(?=$|=)/.exec(given)?.[0];
  return name && `'${name}'`;
}
