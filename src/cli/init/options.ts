import * as v from 'valibot';
import { UsageError } from '../failure.ts';
import { optionOf } from '../option-of.ts';

export const environments = ['development', 'testing', 'production'] as const;

export type Environment = (typeof environments)[number];

/** How `keyturn init` was called. None of it is secret, and no value is among it. */
export interface InitOptions {
  readonly secret: string;
  readonly environment: Environment;
  /** `-` is standard input. */
  readonly fromFile?: string | undefined;
  readonly kmsKey?: string | undefined;
  readonly description?: string | undefined;
  /** Keys to be asked for, to be generated, and to be left out. */
  readonly key: readonly string[];
  readonly generate: readonly string[];
  readonly without: readonly string[];
  /** `KEY=rotator,option=value,…`, and `Name=value` of parameters of the template. */
  readonly rotate: readonly string[];
  readonly parameter: readonly string[];
  readonly stackName?: string | undefined;
  /** Whether files for the deployment are written; and whether nothing else is. */
  readonly files: boolean;
  readonly filesOnly: boolean;
  readonly json: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
}

const keyNames = v.optional(
  v.array(
    v.pipe(
      v.string(),
      v.regex(
        /^[A-Za-z_][\w.-]{0,127}$/,
        'takes the name of a key: letters, digits, _ . and -. A value never belongs among the ' +
          'arguments, where the history of the shell keeps it: it is asked for, or comes from a file',
      ),
    ),
  ),
  [],
);

/** The names that SecretName in template.yaml takes. */
const secretName = v.pipe(
  v.string(),
  v.regex(
    /^[\w/+=.@-]{1,512}$/,
    'must be the name of a secret, not its ARN: 1 to 512 letters, digits and /_+=.@-',
  ),
);

const flag = v.optional(v.boolean(), false);

const texts = v.optional(v.array(v.string()), []);

const schema = v.object({
  secret: v.optional(secretName),
  environment: v.optional(v.picklist(environments)),
  fromFile: v.optional(v.pipe(v.string(), v.nonEmpty('must name a file'))),
  kmsKey: v.optional(
    v.pipe(
      v.string(),
      v.regex(
        /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/,
        'must be the ARN of a key, and not of an alias: the roles of the functions name it',
      ),
    ),
  ),
  description: v.optional(v.pipe(v.string(), v.maxLength(2048, 'takes 2048 characters at most'))),
  key: keyNames,
  generate: keyNames,
  without: keyNames,
  rotate: texts,
  parameter: texts,
  stackName: v.optional(
    v.pipe(
      v.string(),
      v.regex(
        /^[A-Za-z][A-Za-z0-9-]{0,53}$/,
        'must be a letter, then letters, digits and -, 54 in all at most',
      ),
    ),
  ),
  files: v.optional(v.boolean(), true),
  filesOnly: flag,
  json: flag,
  yes: flag,
  dryRun: flag,
});

/** Reads what commander parsed. Throws a UsageError that names the option and not what it held. */
export function readOptions(given: unknown): InitOptions {
  const parsed = v.safeParse(schema, given);
  if (!parsed.success) throw unusable(parsed.issues[0]);
  const { secret: name, environment: chosen, ...options } = parsed.output;
  assertNamedOnce(options);
  assertFilesOnly(options);
  const environment = chosen ?? environmentIn(name);
  return { ...options, environment, secret: name ?? `reminder-app/${environment}` };
}

/** The last part of a name often says it; `development` is what template.yaml starts from. */
const environmentIn = (name = ''): Environment =>
  environments.find((each) => name.endsWith(`/${each}`)) ?? 'development';

function assertNamedOnce(options: Pick<InitOptions, 'key' | 'generate' | 'without'>): void {
  const [ask, make, leave] = [options.key, options.generate, options.without];
  const all = [ask, make, leave].flatMap((names) => [...new Set(names)]);
  const twice = all.find((name, index) => all.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new UsageError(
    `The key ${twice} is in two of --key, --generate and --without. Leave it in one of them.`,
  );
}

/** Nothing is made of values then. */
function assertFilesOnly(options: Omit<InitOptions, 'secret' | 'environment'>): void {
  const { filesOnly, files, fromFile, description, key, generate, without } = options;
  const isMore = fromFile !== undefined || description !== undefined || key.length > 0;
  if (!filesOnly || (files && !isMore && generate.length === 0 && without.length === 0)) return;
  throw new UsageError(
    '--files-only is for a secret that exists, and takes nothing about its values: leave out --from-file, --key, ' +
      '--generate, --without, --description and --no-files.',
  );
}

function unusable(issue: v.BaseIssue<unknown>): UsageError {
  const option = optionOf(issue);
  const what = option === '--secret' ? 'The argument' : option;
  return new UsageError(`${what} ${issue.message}.`);
}
