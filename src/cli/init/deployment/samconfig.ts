import { isDeepStrictEqual } from 'node:util';
import { parse, stringify, type TomlTable } from 'smol-toml';
import { Failure } from '../../failure.ts';
import type { Deployment } from './deployment.ts';
import { templateParameters } from './parameters.ts';

/** samconfig.toml as it is to be, and the table in it that is ours. */
export interface SamConfig {
  readonly text: string;
  /** For `--config-env`; `default` needs none. */
  readonly table: string;
}

interface Request {
  readonly deployment: Pick<Deployment, 'stackName' | 'answers'>;
  readonly region: string;
  /** What the file holds now; `undefined` where there is none. */
  readonly before: string | undefined;
}

export const samConfigName = 'samconfig.toml';

/**
 * What `sam deploy` is to read. A file that is there stays as it is, byte for byte, with a table of
 * ours behind it at most. Throws a Failure where it says something else of the same stack.
 */
export function samConfig({ deployment, region, before }: Request): SamConfig {
  const ours = settingsOf(deployment, region);
  if (before === undefined) return { table: 'default', text: fresh({ default: ours }) };
  const tables = tablesIn(before);
  const { stackName, answers } = deployment;
  for (const [table, found] of Object.entries(tables)) {
    if (isDeepStrictEqual(settled(found), settled(ours))) return { table, text: before };
    if (isOf(found, stackName, region)) throw saysOtherwise(table, stackName);
  }
  const free = [answers['Environment'] ?? 'default', stackName].find((name) => !(name in tables));
  if (free === undefined) throw noRoom(stackName);
  const text = `${before}${before.endsWith('\n') ? '' : '\n'}\n${stringify({ [free]: ours })}`;
  if (!isDeepStrictEqual(settled(tablesIn(text)), settled({ ...tables, [free]: ours }))) {
    throw unusable();
  }
  return { table: free, text };
}

/** As SAM's own `--guided` writes it; each parameter for itself. */
function settingsOf({ stackName, answers }: Request['deployment'], region: string) {
  return {
    global: { parameters: { stack_name: stackName, region } },
    deploy: {
      parameters: {
        capabilities: 'CAPABILITY_IAM',
        confirm_changeset: true,
        resolve_s3: true,
        s3_prefix: stackName,
        parameter_overrides: Object.keys(templateParameters).flatMap((name) => {
          const answer = answers[name];
          return answer === undefined ? [] : [`${name}="${answer}"`];
        }),
      },
    },
  };
}

const fresh = (tables: TomlTable) =>
  '# How `sam deploy` deploys Keyturn. The parameters are those of template.yaml, and no value of a\n' +
  `# secret is among them.\n${stringify({ version: 0.1, ...tables })}`;

function tablesIn(text: string): TomlTable {
  try {
    return parse(text);
  } catch {
    throw unusable();
  }
}

/** Without what the parser adds to objects. */
const settled = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** SAM takes the name of the stack and the region for all commands, or for the one. */
function isOf(table: unknown, stackName: string, region: string): boolean {
  const says = (name: string) =>
    ['deploy', 'global']
      .map((command) => at(at(at(table, command), 'parameters'), name))
      .find(Boolean);
  return says('stack_name') === stackName && (says('region') ?? region) === region;
}

const at = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

const saysOtherwise = (table: string, stackName: string) =>
  new Failure(
    'FILE_DIFFERS',
    `${samConfigName} says something else of the stack ${stackName}, in its table [${table}], and is left as it is. ` +
      'Nothing was created. Correct it there and add --no-files, or choose another name with --stack-name.',
  );

const noRoom = (stackName: string) =>
  new Failure(
    'FILE_DIFFERS',
    `${samConfigName} has a table [${stackName}] for something else, and is left as it is. Nothing was created. ` +
      'Choose another name with --stack-name.',
  );

const unusable = () =>
  new Failure(
    'FILE_DIFFERS',
    `${samConfigName} is no TOML that a table can be added to, and is left as it is. Nothing was created. Mend it ` +
      'or move it away, or add --no-files.',
  );
