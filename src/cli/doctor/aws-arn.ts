/** The parts of a secret's ARN; `undefined` of what is a name. */
export interface SecretArn {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly name: string;
}

export function secretArnIn(secretId: string): SecretArn | undefined {
  const parts = /^arn:([\w-]+):secretsmanager:([\w-]+):(\d{12}):secret:(.+)$/.exec(secretId);
  const [, partition, region, account, name] = parts ?? [];
  return partition && region && account && name ? { partition, region, account, name } : undefined;
}
