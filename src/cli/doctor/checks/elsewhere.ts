import {
  DescribeSecretCommand,
  type DescribeSecretResponse,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { AwsFiles } from '../aws-files.ts';
import { secretArnIn } from '../aws-arn.ts';
import { asking, type Caller } from '../clients.ts';
import type { Surroundings } from '../surroundings.ts';

export interface Elsewhere {
  readonly region: string;
  readonly description: DescribeSecretResponse;
}

/**
 * A secret of that name in another region: first those that are named on this machine,
 * then those that every account has. Asks only where the caller's own region has none.
 */
export async function findElsewhere(
  name: string,
  caller: Caller,
  { env, files }: { readonly env: Surroundings['env']; readonly files: AwsFiles },
): Promise<Elsewhere | undefined> {
  const named = [
    env['AWS_REGION'],
    env['AWS_DEFAULT_REGION'],
    ...[...files.profiles.values()].map(({ region }) => region),
  ].filter((region) => region !== undefined);
  const isUsual = !/^(cn|us-gov|us-iso|eu-isoe|eusc)/.test(caller.region);
  const others = new Set([...named, ...(isUsual ? usual : [])]);
  others.delete(caller.region);
  const found = await Promise.all(
    [...others].map((region) => describedIn(name, { ...caller, region })),
  );
  return found.find((secret) => secret !== undefined);
}

/** Any failure means that it is not known to be there. */
async function describedIn(name: string, caller: Caller): Promise<Elsewhere | undefined> {
  const { region } = caller;
  try {
    const description = await asking(
      (config) => new SecretsManagerClient({ ...config, maxAttempts: 1 }),
      caller,
      (client, abort) => client.send(new DescribeSecretCommand({ SecretId: name }), abort),
    );
    const isHere = secretArnIn(description.ARN ?? '')?.region === region;
    return isHere ? { region, description } : undefined;
  } catch {
    return undefined;
  }
}

/** Switched on in every account: "AWS Regions", AWS Account Management Reference Guide. */
const usual = [
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
  'eu-central-1',
  'eu-north-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'sa-east-1',
];
