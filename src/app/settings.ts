import type { ReminderAppSecret } from './schema.ts';
import type { SecretsError } from './secrets-error.ts';
import type { Secrets, SecretsOptions } from './secrets.ts';

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

/** Those beside the options of `createSecrets`. */
export const settingsOptionNames: readonly string[] = [
  'source',
  'environment',
  'required',
  'keys',
  'override',
  'env',
];

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
