import { rotatorKinds } from '../../../rotators/list.ts';
import { UsageError } from '../../failure.ts';
import type { Literal } from './expressions.ts';
import type { Rotation } from './rotations.ts';

/**
 * Reads `KEY=rotator,option=value,…`; an option that stands there twice is a list. Throws a
 * UsageError. What the options are worth the rotator judges.
 */
export function readRotation(text: string): Rotation {
  const [first = '', ...rest] = text.split(',');
  const [, key, rotator] = /^([A-Za-z_][\w.-]{0,127})=([\w-]+)$/.exec(first) ?? [];
  if (key === undefined || rotator === undefined) throw unreadable();
  if (key in Object.prototype) throw builtIn(key);
  const names = rotatorKinds.map(({ name }) => name);
  if (!names.some((name) => name === rotator)) {
    throw new UsageError(`--rotate ${key} names no rotator. There are: ${names.join(', ')}.`);
  }
  const options = new Map<string, readonly string[]>();
  for (const part of rest) {
    const [, name, value] = /^([A-Za-z]+)=(.+)$/s.exec(part) ?? [];
    if (name === undefined || value === undefined) throw unreadable(key);
    if (name in Object.prototype) throw builtIn(name);
    options.set(name, [...(options.get(name) ?? []), value]);
  }
  const read = [...options].map(([name, values]) => [name, typed(name, values)]);
  return { key, rotator, options: Object.fromEntries(read) };
}

/** Options of the rotators that are numbers, and lists also where they have one member. */
const numbers: ReadonlySet<string> = new Set(['fallbacks', 'iterations', 'length', 'port']);
const lists: ReadonlySet<string> = new Set(['policy', 'users']);

function typed(name: string, values: readonly string[]): Literal {
  const [value = '', ...more] = values;
  if (more.length > 0 || lists.has(name)) return values;
  return numbers.has(name) && /^\d{1,9}$/.test(value) ? Number(value) : value;
}

const builtIn = (name: string) =>
  new UsageError(
    `--rotate takes nothing of the name ${name}, which every object of JavaScript has.`,
  );

const unreadable = (key?: string) =>
  new UsageError(
    `--rotate ${key === undefined ? '' : `${key} `}takes KEY=rotator, and options behind it with commas between, such as ` +
      'DATABASE_PASSWORD=postgres-password,host=db.internal,userKey=DATABASE_USER.',
  );
