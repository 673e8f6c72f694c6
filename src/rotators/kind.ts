import { safeParse, summarize, type GenericSchema, type InferOutput } from 'valibot';
import type { Clock } from '../rotation/clock.ts';
import type { Rotator } from '../rotation/rotator.ts';
import type { ReadSecret } from './database/admin.ts';
import type { DatabaseServer } from './database/server.ts';
import type { OpenRds } from './rds-master-password/rds.ts';
import type { OpenTwilioKeys } from './twilio-api-key/keys.ts';
import type { OpenTwilioAccount } from './twilio-auth-token/account.ts';

/** The outside world of the rotators. Nothing of it is loaded before a verb needs it. */
export interface Systems {
  readonly clock: Clock;
  readonly openRds: OpenRds;
  readonly openTwilioAccount: OpenTwilioAccount;
  readonly openTwilioKeys: OpenTwilioKeys;
  readonly postgres: DatabaseServer;
  readonly mysql: DatabaseServer;
  readonly readSecret: ReadSecret;
}

/** What a kind is: its name, its options, and the verbs for one key. */
interface Definition<Name extends string, Schema extends GenericSchema> {
  /** Its name in `rotation.config.ts`. */
  readonly name: Name;
  /** Must refuse unknown options. */
  readonly options: Schema;
  /** Permissions it needs beside the secret's own, as the template words them in KEYTURN_GRANTS. */
  readonly grants: (options: InferOutput<Schema>) => readonly string[];
  /** The credentials it rotates, in words, for kinds of which there can be one for each of these. */
  readonly system?: (options: InferOutput<Schema>) => readonly string[];
  /** Keys it reads that another rotator may change: it takes them from each version afresh. */
  readonly follows?: (options: InferOutput<Schema>) => readonly string[];
  readonly bind: (binding: {
    readonly key: string;
    readonly options: InferOutput<Schema>;
    readonly systems: Systems;
  }) => Rotator;
}

/** A kind whose options have been read for one key. */
export interface Binding {
  readonly key: string;
  readonly grants: readonly string[];
  readonly system: readonly string[];
  readonly follows: readonly string[];
  /** A fresh rotator: what it remembers lasts one invocation. */
  readonly bind: (systems: Systems) => Rotator;
}

export interface RotatorKind<
  Name extends string = string,
  Schema extends GenericSchema = GenericSchema,
> {
  readonly name: Name;
  readonly options: Schema;
  /** Reads a key's options; answers what is wrong with them as a text. */
  readonly read: (key: string, options: unknown) => Binding | string;
}

export function defineRotator<Name extends string, Schema extends GenericSchema>({
  name,
  options: schema,
  grants,
  system,
  follows,
  bind,
}: Definition<Name, Schema>): RotatorKind<Name, Schema> {
  return {
    name,
    options: schema,
    read(key, input) {
      const parsed = safeParse(schema, input);
      if (!parsed.success) return summarize(parsed.issues);
      const options = parsed.output;
      return {
        key,
        grants: grants(options),
        system: system?.(options) ?? [],
        follows: follows?.(options) ?? [],
        bind: (systems) => bind({ key, options, systems }),
      };
    },
  };
}
