import { secretsIn, textAt } from './create-secrets.ts';
import { useSecrets } from './default-secrets.ts';
import { type Environment, fetchFromEnvironment } from './environment-source.ts';
import { type Log, silent } from './events.ts';
import { criticalSettings, type ReminderAppSecret, type Schema, texts } from './schema.ts';
import { SecretsError } from './secrets-error.ts';
import type { Secrets, SecretsOptions, WithSchema } from './secrets.ts';

export interface SettingsOptions<
  Values extends object = ReminderAppSecret,
> extends SecretsOptions<Values> {
  /** `auto`: Secrets Manager in production, where it is said which secret, and else the environment. Default. */
  readonly source?: 'auto' | 'aws' | 'env' | undefined;
  /** Such as `production`. Default: the first that is set of ENV, APP_ENV and NODE_ENV. */
  readonly environment?: string | undefined;
  /** Refuse to start where Secrets Manager fails, or a setting is missing. Default: false. */
  readonly required?: boolean | undefined;
  /** The settings to load. Default: those of the Reminder App. */
  readonly keys?: readonly string[] | undefined;
  /** Whether to write what comes from the secret into the environment. Default: true. */
  readonly override?: boolean | undefined;
  /** Read, and written to. Default: `process.env`. */
  readonly env?: Record<string, string | undefined> | undefined;
}

/** Where the settings came from. Names, and never a value. */
export interface Settings<Values extends object = ReminderAppSecret> {
  /** Of all of them: they are never mixed. */
  readonly source: 'aws' | 'env';
  /** Why it is that. */
  readonly reason: SettingsReason;
  /** Those that were written into the environment. */
  readonly overridden: readonly Override[];
  /** Settings that the source does not have. */
  readonly missing: readonly string[];
  /** Why Secrets Manager was not the source, where it should have been. */
  readonly error: SecretsError | undefined;
  /** The settings as they are now, through every rotation. */
  readonly secrets: Secrets<Values>;
}

export type SettingsReason =
  'asked-for' | 'production' | 'not-production' | 'no-secret-id' | 'secret-failed';

export interface Override {
  readonly key: string;
  /** The secret and the version that the value is from. */
  readonly from: string;
  /** Whether the environment had another value. */
  readonly replaced: boolean;
}

/**
 * The settings that an application cannot run without. In production they come from the secret and
 * override the environment, which is written; where the secret cannot be read they all come from the
 * environment, which is logged, unless `required`. Helpers without an option `secrets` use them from
 * then on. Throws a SecretsError: SETTINGS_REQUIRED, or SETTINGS_INCOMPLETE where neither has them all.
 */
export function loadSettings(
  options?: SettingsOptions & { readonly schema?: undefined },
): Promise<Settings>;
export function loadSettings<Values extends object>(
  options: SettingsOptions<Values> & WithSchema<Values>,
): Promise<Settings<Values>>;
export function loadSettings(options: SettingsOptions<object> = {}): Promise<Settings<object>> {
  const { keys = criticalSettings } = options;
  return load({ ...options, schema: options.schema ?? texts(...keys) });
}

async function load<Values extends object>(options: Given<Values>): Promise<Settings<Values>> {
  const { env = process.env, keys = criticalSettings, required = false } = options;
  const log = options.log === false ? silent : (options.log ?? console);
  const [source, reason] = sourceOf(options, env);
  if (source === 'env') {
    const settings = await fromEnvironment({ options, env, keys, reason, log });
    if (required && settings.missing.length > 0) throw incomplete(settings.missing);
    return settings;
  }
  try {
    return await fromSecret({ options, env, keys, reason, log });
  } catch (error) {
    if (!(error instanceof SecretsError)) throw error;
    if (required) throw refusal(error);
    log.warn(`${error.message} All settings come from the environment instead. [${error.code}]`);
    const settings = await fromEnvironment({ options, env, keys, reason: 'secret-failed', log });
    if (settings.missing.length > 0) throw incomplete(settings.missing, error);
    return { ...settings, error };
  }
}

type Given<Values extends object> = SettingsOptions<Values> & WithSchema<Values>;

interface Loading<Values extends object> {
  readonly options: Given<Values>;
  readonly env: Record<string, string | undefined>;
  readonly keys: readonly string[];
  readonly reason: SettingsReason;
  readonly log: Log;
}

type Source = readonly [source: 'aws' | 'env', reason: SettingsReason];

function sourceOf(
  {
    source = 'auto',
    environment,
    secretId,
  }: Pick<SettingsOptions, 'source' | 'environment' | 'secretId'>,
  env: Environment,
): Source {
  if (source !== 'auto') return [source, 'asked-for'];
  const name = environment ?? (env['ENV'] || env['APP_ENV'] || env['NODE_ENV']);
  if (name !== 'production') return ['env', 'not-production'];
  return secretId || env['KEYTURN_SECRET_ID'] ? ['aws', 'production'] : ['env', 'no-secret-id'];
}

async function fromSecret<Values extends object>(loading: Loading<Values>) {
  const { options, env, keys, reason, log } = loading;
  const secrets = secretsIn({ env }, options);
  try {
    await secrets.ready();
  } catch (error) {
    secrets.close();
    throw error;
  }
  useSecrets(secrets);
  const overridden = options.override === false ? [] : overrideBy({ secrets, env, keys });
  const { versionId } = secrets.snapshot;
  log.info(
    `Settings come from Secrets Manager, version ${versionId}${overridden.length > 0 ? `, and override the environment: ${namesOf(overridden)}` : ''}.`,
  );
  const missing = keys.filter((key) => textAt(secrets.snapshot, key) === undefined);
  return { source: 'aws' as const, reason, overridden, missing, error: undefined, secrets };
}

function overrideBy<Values extends object>({
  secrets: { snapshot },
  env,
  keys,
}: Pick<Loading<Values>, 'env' | 'keys'> & { readonly secrets: Secrets<Values> }): Override[] {
  return keys.flatMap((key) => {
    const value = textAt(snapshot, key);
    if (value === undefined) return [];
    const replaced = env[key] !== undefined && env[key] !== value;
    env[key] = value;
    return [{ key, from: `AWS Secrets Manager, version ${snapshot.versionId}`, replaced }];
  });
}

async function fromEnvironment<Values extends object>({
  options,
  env,
  keys,
  reason,
  log,
}: Loading<Values>) {
  const found = fetchFromEnvironment(env, keys);
  const secrets = secretsIn(
    { env, source: 'env', fetchVersion: found },
    {
      ...options,
      secretId: 'the environment',
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is missing is reported, and `get` throws for it
      schema: texts() as Schema<object> as Schema<Values>,
    },
  );
  await secrets.ready();
  useSecrets(secrets);
  const missing = keys.filter((key) => textAt(secrets.snapshot, key) === undefined);
  if (missing.length > 0) log.warn(`The environment has no ${missing.join(', ')}.`);
  return { source: 'env' as const, reason, overridden: [], missing, error: undefined, secrets };
}

const namesOf = (overridden: readonly Override[]) =>
  overridden.map(({ key, replaced }) => (replaced ? `${key} (replaced)` : key)).join(', ');

const refusal = (error: SecretsError) =>
  new SecretsError(
    'SETTINGS_REQUIRED',
    `The settings are required from Secrets Manager, so the application does not start. ${error.message}`,
    error.cause,
  );

const incomplete = (missing: readonly string[], error?: SecretsError) =>
  new SecretsError(
    'SETTINGS_INCOMPLETE',
    `${error ? `${error.message} And the` : 'The'} environment has no ${missing.join(', ')}. Set what is missing: settings are never ` +
      'taken from two sources.',
    error?.cause,
  );
