import { CreateSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { LocalSecrets } from './local-secrets.ts';

let count = 0;

/** A secret of its own, with these versions, the last of which is current. */
export async function storedSecret(
  { client }: LocalSecrets,
  ...versions: readonly [object, ...object[]]
) {
  const name = `stored/${(count += 1)}`;
  const [first, ...later] = versions.map((each) => JSON.stringify(each));
  await client.send(new CreateSecretCommand({ Name: name, SecretString: first }));
  const put = (value: string) =>
    client.send(new PutSecretValueCommand({ SecretId: name, SecretString: value }));
  for (const value of later) await put(value);
  return { name, publish: (value: object) => put(JSON.stringify(value)) };
}
