import { parseEnv } from 'node:util';
import { Failure } from '../failure.ts';

/**
 * A line from which `node --env-file`, dotenv and python-dotenv all read the value, byte for byte.
 * Throws a Failure that names the variable where none of their quotes can hold it.
 */
export function dotenvLine(name: string, value: string): string {
  const way = ways.find(({ holds, write }) => holds.test(value) && isReadBack(name, value, write));
  if (way && !changedByAll.test(value)) return `${name}=${way.write(value)}`;
  throw new Failure(
    'FORMAT_CANNOT_HOLD',
    `The value of the key ${name} holds characters that no line of dotenv can hold for all that read ` +
      'such files. Use --format shell or json, or leave the key out with --only.',
  );
}

interface Way {
  readonly holds: RegExp;
  readonly write: (value: string) => string;
}

/** python-dotenv expands variables within every kind of quote; carriage returns are line ends. */
const changedByAll = /\$\{|\r/;

/** Within quotes some take a backslash for an escape; without them spaces and # end the value. */
const ways: readonly Way[] = [
  { holds: /^(?!.*\\\\)[^']*(?<!\\)$/s, write: (value) => `'${value}'` },
  { holds: /^[^"\\$]*$/, write: (value) => `"${value}"` },
  { holds: /^[!%-&(-_a-~][!"$-_a-~']*$/, write: (value) => value },
];

const isReadBack = (name: string, value: string, write: Way['write']) =>
  parseEnv(`${name}=${write(value)}\n`)[name] === value;
