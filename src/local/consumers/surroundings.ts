import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createSecrets, type Secrets, texts } from '../../app/index.ts';
import { type ReadSecret, secretReader } from '../demo/published-secret.ts';
import { credentialsOf } from '../iam/guard.ts';
import { production } from '../stack/environments.ts';
import type { Stack } from '../stack/stack.ts';
import type { DatabasePlace } from '../strategies/strategy.ts';

/** Where consumers of production find what they need. Can be told to another process. */
export interface Whereabouts {
  readonly awsUrl: string;
  readonly twilioUrl: string;
  readonly region: string;
  readonly database: DatabasePlace;
}

export const whereaboutsOf = ({
  awsUrl,
  twilioUrl,
  clientConfig,
  database,
}: Stack): Whereabouts => ({
  awsUrl,
  twilioUrl,
  region: clientConfig.region,
  database,
});

/** What consumers of production work with. */
export interface Surroundings extends Whereabouts {
  /** What is published, read anew each time. */
  readonly read: ReadSecret;
  /** The same by keyturn/app, in memory. */
  readonly secrets: Secrets<object>;
  /** Lets what was opened end. May be called twice. */
  close(): Promise<void>;
  /** Ends with the rest. */
  readonly atEnd: (end: () => unknown) => void;
}

/** How old values of the secret may get, in ms: a grace lasts seconds here. */
const ttlMs = 1_000;

/** As the application's own role. Resolves when the secret was read once. */
export async function surroundingsAt(whereabouts: Whereabouts): Promise<Surroundings> {
  const { awsUrl: endpoint, region } = whereabouts;
  const credentials = credentialsOf(production.applicationRole);
  const client = new SecretsManagerClient({ endpoint, region, credentials });
  const secretId = production.secretName;
  // Any keys: each strategy has others.
  const secrets = createSecrets({ secretId, client, schema: texts(), ttlMs, log: false });
  const endings: (() => unknown)[] = [() => client.destroy(), () => secrets.close()];
  await secrets.ready();
  return {
    ...whereabouts,
    read: secretReader(client, secretId),
    secrets,
    atEnd: (end) => void endings.push(end),
    async close() {
      for (const end of endings.splice(0).toReversed()) await end();
    },
  };
}
