import { localAccount, localRegion } from '../aws-service.ts';

/**
 * The ARN of a function that is named by its name, its ARN, or its ARN from the account on; a
 * qualifier is let go by. What names no function is answered as it is.
 */
export function functionArnOf(named: string): string {
  const name = /^(?:(?:arn:aws:lambda:([^:]+):)?(\d{12}):function:)?([\w-]+)(?::[\w$-]+)?$/.exec(
    named,
  );
  if (!name) return named;
  const [, region = localRegion, account = localAccount, plain = ''] = name;
  return `arn:aws:lambda:${region}:${account}:function:${plain}`;
}
