import type { Database } from './database.ts';
import { RdsError } from './rds-wire.ts';

interface Rule {
  readonly longest: number;
  /** Beside those that no engine takes. */
  readonly alsoForbidden?: readonly string[];
}

/** AWS's API reference lists no space; its refusals, seen with several engines, do. */
const forbidden = ['/', '@', '"', ' '];
const shortest = 8;

/** Throws InvalidParameterValue for a password the engine would not take. Never names the value. */
export function checkMasterPassword(database: Database, password: string): void {
  const { longest, alsoForbidden = [] } = ruleFor(database);
  if (password.length < shortest)
    throw invalid(` because it is shorter than ${shortest} characters.`);
  if (password.length > longest) throw invalid(` because it is longer than ${longest} characters.`);

  const characters = [...forbidden, ...alsoForbidden];
  if (/^[\x20-\x7e]*$/.test(password) && !characters.some((each) => password.includes(each)))
    return;
  const named = characters.map((each) => `'${each}'`).join(', ');
  throw invalid(`. Only printable ASCII characters besides ${named} may be used.`);
}

function ruleFor({ kind, engine }: Database): Rule {
  if (kind === 'cluster') return { longest: 41 };
  if (engine.startsWith('oracle')) return { longest: 30, alsoForbidden: ['&', "'"] };
  if (engine.startsWith('db2')) return { longest: 255 };
  if (engine === 'postgres' || engine.startsWith('sqlserver')) return { longest: 128 };
  return { longest: 41 };
}

const invalid = (why: string) =>
  new RdsError(
    'InvalidParameterValue',
    `The parameter MasterUserPassword is not a valid password${why}`,
  );
