import type { Postgres } from '../postgres/start-postgres.ts';
import type { SecretsManagerStandIn } from '../secrets-manager/secrets-manager.ts';
import type { ServerName } from '../servers/server-folder.ts';
import type { LocalEnvironment } from '../stack/environments.ts';
import type { Parameters } from '../template/deployed-stack.ts';
import type { Twilio } from '../twilio/create-twilio.ts';

/** Where a database is, as an application is told beside its secret. */
export interface DatabasePlace {
  readonly engine: 'postgres' | ServerName;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** As whom to log in where the secret has no DB_USER. */
  readonly user: string;
}

/** What a strategy finds: production with its PostgreSQL role and its Twilio account. */
export interface Ground {
  readonly environment: LocalEnvironment;
  /** Where production's role is. */
  readonly usualPlace: DatabasePlace;
  readonly postgres: Postgres;
  readonly secretsManager: SecretsManagerStandIn;
  readonly twilio: Twilio;
  /** Values of the secret as it begins. */
  readonly dbPassword: string;
  readonly accountSid: string;
  readonly atEnd: (end: () => Promise<unknown>) => void;
}

/** What a strategy made of it. */
export interface SetUp {
  readonly database: DatabasePlace;
  /** Of template.yaml, beside the usual ones. */
  readonly parameters: Parameters;
  /** What the secret has beside its usual keys. */
  readonly keys: Readonly<Record<string, string>>;
}

/** What somebody does with a credential, over and over. */
export type UseName = 'sessions' | 'logins' | 'token calls' | 'webhooks' | 'key calls';

/** A way to rotate a secret: which of its keys, by which rotators, on which server. */
export interface Strategy {
  readonly name: string;
  /** What it is in a few words, for a person. */
  readonly title: string;
  /** The keys it rotates: those that rotators are configured for. */
  readonly keys: readonly string[];
  /** The parameter that says how long what was superseded works on; absent where it ends at once. */
  readonly grace?: 'TwilioGrace' | 'DbGrace';
  /** What its last key is used for. */
  readonly uses: readonly UseName[];
  /** A server that must have been fetched. */
  readonly server?: ServerName;
  /** Makes what it needs on the systems. Throws where its server was not fetched. */
  setUp(ground: Ground): Promise<SetUp>;
}
