import { secretArnIn } from '../aws-arn.ts';

export interface PolicySubject {
  /** Its ARN, or one with ?????? for the characters that only AWS knows. */
  readonly arn: string;
  /** As DescribeSecret tells it; absent for the account's own key. */
  readonly kmsKeyId?: string | undefined;
}

/** The smallest identity policy with which an application reads a secret, as text. */
export function smallestPolicy({ arn, kmsKeyId }: PolicySubject): string {
  const read = { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: arn };
  const isOwn = kmsKeyId !== undefined && !kmsKeyId.endsWith('alias/aws/secretsmanager');
  return written([read, ...(isOwn ? [keyStatement(arn, kmsKeyId)] : [])]);
}

/** What the secret's own policy must say, too, for a caller of another account. */
export const smallestResourcePolicy = (principal: string): string =>
  written([
    {
      Effect: 'Allow',
      Principal: { AWS: principal },
      Action: 'secretsmanager:GetSecretValue',
      Resource: '*',
    },
  ]);

/** What the key's own policy must say, too, where it does not leave its use to the account's policies. */
export function smallestKeyStatement(secretArn: string, principal: string): string {
  const { partition = 'aws', region = '*' } = secretArnIn(secretArn) ?? {};
  const Condition = throughSecretsManager({ secretArn, partition, region });
  const Principal = { AWS: principal };
  const statement = { Effect: 'Allow', Principal, Action: 'kms:Decrypt', Resource: '*', Condition };
  return JSON.stringify(statement, null, 2);
}

/** For this secret alone, and through Secrets Manager alone. */
function keyStatement(secretArn: string, kmsKeyId: string) {
  const { partition = 'aws', region = '*', account = '*' } = secretArnIn(secretArn) ?? {};
  const [alias] = /alias\/.+$/.exec(kmsKeyId) ?? [];
  const key = alias ? `key/<the key behind ${alias}>` : `key/${kmsKeyId}`;
  const isArn = kmsKeyId.startsWith('arn:') && alias === undefined;
  return {
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: isArn ? kmsKeyId : `arn:${partition}:kms:${region}:${account}:${key}`,
    Condition: throughSecretsManager({ secretArn, partition, region }),
  };
}

interface Through {
  readonly secretArn: string;
  readonly partition: string;
  readonly region: string;
}

function throughSecretsManager({ secretArn, partition, region }: Through) {
  const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return {
    StringEquals: { 'kms:ViaService': `secretsmanager.${region}.${suffix}` },
    [secretArn.includes('?') ? 'StringLike' : 'ArnEquals']: {
      'kms:EncryptionContext:SecretARN': secretArn,
    },
  };
}

const written = (statements: readonly object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements }, null, 2);
