import type { Document } from '../secret-version.ts';
import { withPrevious } from './previous.ts';
import type { Variables } from './variables.ts';

/** What of keyturn's own environment the program gets. */
export interface Inheritance {
  /** Variables that stay as they are, whatever the secret holds; or all of them. */
  readonly preserve: 'all' | readonly string[];
  /** Whether only the variables of the system are passed on, and those of `preserve`. */
  readonly pristine: boolean;
}

interface Parts extends Inheritance {
  readonly parent: NodeJS.ProcessEnv;
  readonly variables: Variables;
  /** The version that NAME_PREVIOUS comes from. */
  readonly previous?: Document | undefined;
}

export interface Environment {
  readonly environment: NodeJS.ProcessEnv;
  readonly warnings: readonly string[];
}

/** The environment of the program: keyturn's own, and over it the variables of the secret. */
export function environmentOf({ parent, variables, previous, ...how }: Parts): Environment {
  const inherited = inheritedFrom(parent, how);
  const isKept = (name: string) => inherited.has(name) && isPreserved(name, how);

  const own = without(isKept, variables);
  const { values, warnings } = previous ? without(isKept, withPrevious(own, previous)) : own;

  const replaced = [...values].filter(([name, value]) => (inherited.get(name) ?? value) !== value);
  return {
    environment: Object.fromEntries([...inherited, ...values]),
    warnings: [...warnings, ...replaced.map(([name]) => replacedWarning(name))],
  };
}

const inheritedFrom = (parent: NodeJS.ProcessEnv, how: Inheritance) =>
  new Map(
    Object.entries(parent).filter(
      ([name]) =>
        !how.pristine || basic.test(name) || (how.preserve !== 'all' && isPreserved(name, how)),
    ),
  );

/** What `--pristine` passes on. */
const basic = /^(PATH|HOME|TERM|LANG|LC_\w+|TZ|USER|LOGNAME|SHELL|TMPDIR)$/;

const isPreserved = (name: string, { preserve }: Inheritance) =>
  preserve === 'all' || preserve.includes(name);

const without = (isKept: (name: string) => boolean, { values, warnings }: Variables) => ({
  values: new Map([...values].filter(([name]) => !isKept(name))),
  warnings,
});

const replacedWarning = (name: string) =>
  `The variable ${name} was set to something else: the value of the secret replaces that. ` +
  `--preserve-env=${name} keeps it instead.`;
