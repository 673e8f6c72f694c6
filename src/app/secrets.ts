import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Log, SecretsListeners } from './events.ts';
import type { ReminderAppSecret, Schema } from './schema.ts';
import type { Snapshot } from './snapshot.ts';

/** How an application reads its secret. */
export interface SecretsOptions<Values extends object = ReminderAppSecret> {
  /** The name or ARN. Default: the variable KEYTURN_SECRET_ID. */
  readonly secretId?: string | undefined;
  /** Default: where every client of AWS's takes it from. */
  readonly region?: string | undefined;
  /** A client of your own, with its own limits. Default: 3 attempts, 1 s to connect, 3 s each, 10 s in all. */
  readonly client?: Pick<SecretsManagerClient, 'send'> | undefined;
  /** A schema of zod, valibot, ArkType …, or `texts(…)`. Default: the four keys of the Reminder App. */
  readonly schema?: Schema<Values> | undefined;
  /** How old a value may get before it is read anew, in ms. Default: 5 minutes. */
  readonly ttlMs?: number | undefined;
  /** How long a value past that is served while reading fails in ways that pass, in ms. Default: an hour. */
  readonly staleForMs?: number | undefined;
  /**
   * `timer` reads anew by itself, `on-access` only when a value is asked for. Default: `on-access` in
   * Lambda, where nothing runs between invocations, and else `timer`.
   */
  readonly refresh?: 'timer' | 'on-access' | undefined;
  readonly on?: SecretsListeners | undefined;
  /** Where failed reads are told. `false`: nowhere. Default: `console`. */
  readonly log?: Log | false | undefined;
}

const names: Readonly<Record<keyof SecretsOptions, true>> = {
  secretId: true,
  region: true,
  client: true,
  schema: true,
  ttlMs: true,
  staleForMs: true,
  refresh: true,
  on: true,
  log: true,
};

export const optionNames: readonly string[] = Object.keys(names);

/** Options with a schema, and so values of a certain type. */
export type WithSchema<Values extends object> = SecretsOptions<Values> & {
  readonly schema: Schema<Values>;
};

/** The secret of an application, in memory. Printing it shows no value. */
export interface Secrets<Values extends object = ReminderAppSecret> {
  /**
   * Waits for the first value, or for a newer one where the one in memory is past its TTL. Once when
   * a server starts; at the start of each invocation in Lambda. Throws a SecretsError where there is none.
   */
  ready(): Promise<Secrets<Values>>;

  /**
   * The current value of a key, from memory, at once. Throws a SecretsError before `ready`, where the
   * value is too old, or where the secret has no such key.
   */
  get<Key extends keyof Values & string>(key: Key): Values[Key];

  /** All current values; waits for the first read. Throws a SecretsError. */
  getSecrets(): Promise<Values>;

  /** The current value of a key as text; undefined where there is none. Waits for the first read. */
  getSecret(key: string): Promise<string | undefined>;

  /** The version that `get` takes values from. Throws as `get` does. */
  readonly snapshot: Snapshot<Values>;

  /** How long ago the value in memory was read, in ms; undefined before. A gauge: it grows in an outage. */
  readonly ageMs: number | undefined;

  /** Reads now, unless a read is under way: then waits for that. Throws a SecretsError. */
  refresh(): Promise<Snapshot<Values>>;

  /** No more reads in the background; the values in memory stay. */
  close(): void;
}
