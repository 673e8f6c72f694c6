import type { Document } from '../secret-version.ts';
import { variablesOf, type Variables } from './variables.ts';

const suffix = '_PREVIOUS';

/**
 * Adds NAME_PREVIOUS for every NAME that the previous version holds too. A key of the secret that
 * is itself called so stays, with a warning.
 */
export function withPrevious(current: Variables, previous: Document): Variables {
  const names = [...current.values.keys()].filter((name) => Object.hasOwn(previous, name));
  const { values } = variablesOf(previous, names);
  const taken = [...values.keys()].filter((name) => current.values.has(name + suffix));
  const added = [...values].map(([name, value]) => [name + suffix, value] as const);
  return {
    values: new Map([...added, ...current.values]),
    warnings: [...current.warnings, ...taken.map(takenWarning)],
  };
}

const takenWarning = (name: string) =>
  `The secret has a key ${name}${suffix} of its own: that is what the variable holds, and not the ` +
  `previous ${name}.`;
