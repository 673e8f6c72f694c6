import { secretsIn, textAt } from './create-secrets.ts';
import { useSecrets } from './process-secrets.ts';
import { fetchFromEnvironment } from './environment-source.ts';
import { type Log, logTo, silent } from './events.ts';
import { assertKnown, assertOneOf } from './known-options.ts';
import { namesOf, overrideEnvironment } from './override-environment.ts';
import { criticalSettings, type Schema, texts } from './schema.ts';
import { SecretsError } from './secrets-error.ts';
import { optionNames, type WithSchema } from './secrets.ts';
import { sourceOf } from './settings-source.ts';
import {
  type Settings,
  type SettingsOptions,
  settingsOptionNames,
  type SettingsReason,
} from './settings.ts';

/**
 * The settings that an application cannot run without. In production they come from the secret and
 * override the environment, which is written; where the secret cannot be read they all come from the
 * environment, which is logged, unless `required`. Helpers without an option `secrets` use them from
 * then on. Throws a SecretsError: SETTINGS_REQUIRED, or SETTINGS_INCOMPLETE where neither has them all.
 */
export function loadSettings(
  options?: SettingsOptions & { readonly schema?: undefined; readonly keys?: undefined },
): Promise<Settings>;
export function loadSettings<Key extends string>(
  options: SettingsOptions<object> & {
    readonly schema?: undefined;
    readonly keys?: readonly Key[] | undefined;
  },
): Promise<Settings<Readonly<Record<Key, string>>>>;
export function loadSettings<Values extends object>(
  options: SettingsOptions<Values> & WithSchema<Values>,
): Promise<Settings<Values>>;
export function loadSettings(options: SettingsOptions<object> = {}): Promise<Settings<object>> {
  assertKnown(options, [...optionNames, ...settingsOptionNames]);
  assertOneOf('source', options.source, ['auto', 'aws', 'env']);
  const { keys = criticalSettings } = options;
  const isStrict = options.schema !== undefined;
  return load({ ...options, schema: options.schema ?? texts(...keys), isStrict });
}

async function load<Values extends object>(options: Given<Values>): Promise<Settings<Values>> {
  const settings = await settingsOf(options);
  useSecrets(settings.secrets);
  return settings;
}

async function settingsOf<Values extends object>(
  options: Given<Values>,
): Promise<Settings<Values>> {
  const { env = process.env, keys = criticalSettings, required = false } = options;
  const log = options.log === false ? silent : (options.log ?? console);
  const [source, reason] = sourceOf(options, env);
  if (required && reason === 'no-secret-id') throw unnamed();
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
    logTo(
      log,
      'warn',
      `${error.message} All settings come from the environment instead. [${error.code}]`,
    );
    const settings = await fromEnvironment({ options, env, keys, reason: 'secret-failed', log });
    if (settings.missing.length > 0) throw incomplete(settings.missing, error);
    return { ...settings, error };
  }
}

type Given<Values extends object> = SettingsOptions<Values> &
  WithSchema<Values> & {
    /** Whether the environment has to fit the schema, too. */
    readonly isStrict: boolean;
  };

interface Loading<Values extends object> {
  readonly options: Given<Values>;
  readonly env: Record<string, string | undefined>;
  readonly keys: readonly string[];
  readonly reason: SettingsReason;
  readonly log: Log;
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
  const overridden =
    options.override === false
      ? []
      : overrideEnvironment({ snapshot: secrets.snapshot, env, keys });
  const { versionId } = secrets.snapshot;
  logTo(
    log,
    'info',
    `Settings come from Secrets Manager, version ${versionId}${overridden.length > 0 ? `, and override the environment: ${namesOf(overridden)}` : ''}.`,
  );
  const missing = keys.filter((key) => textAt(secrets.snapshot, key) === undefined);
  return { source: 'aws' as const, reason, overridden, missing, error: undefined, secrets };
}

/** Why it is the environment. That the secret failed was said by then. */
const told = {
  'asked-for': 'Settings come from the environment, as it was asked for.',
  'not-production': 'Settings come from the environment, which is not that of production.',
  'no-secret-id':
    'Settings come from the environment: this is production, and KEYTURN_SECRET_ID is not set.',
  production: '',
};

async function fromEnvironment<Values extends object>(loading: Loading<Values>) {
  const { options, env, keys, reason, log } = loading;
  const missing = keys.filter((key) => !env[key]);
  const isChecked = options.isStrict && missing.length === 0;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is missing is reported, and `get` throws for it
  const schema = isChecked ? options.schema : (texts() as Schema<object> as Schema<Values>);
  const secrets = secretsIn(
    { env, source: 'env', fetchVersion: fetchFromEnvironment(env, keys) },
    { ...options, secretId: 'the environment', schema },
  );
  await secrets.ready();
  if (reason !== 'secret-failed') {
    logTo(log, reason === 'no-secret-id' ? 'warn' : 'info', told[reason]);
  }
  if (missing.length > 0) logTo(log, 'warn', `The environment has no ${missing.join(', ')}.`);
  return { source: 'env' as const, reason, overridden: [], missing, error: undefined, secrets };
}

/** In production a forgotten variable must not lead to credentials that end with the next rotation. */
const unnamed = () =>
  new SecretsError(
    'SETTINGS_REQUIRED',
    'The settings are required from Secrets Manager, and it is not said which secret they are in, so the ' +
      'application does not start. Set KEYTURN_SECRET_ID to its name or ARN, or give the option secretId.',
  );

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
