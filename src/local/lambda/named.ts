import { localAccount, localRegion } from '../aws-service.ts';
import type { LocalFunction, LocalFunctions } from '../functions.ts';

/** A function by its name, its ARN, or its ARN from the account on; a qualifier is let go by. */
export function functionNamed(functions: LocalFunctions, named: string): LocalFunction | undefined {
  const name = /^(?:(?:arn:aws:lambda:([^:]+):)?(\d{12}):function:)?([\w-]+)(?::[\w$-]+)?$/.exec(
    named,
  );
  if (!name) return undefined;
  const [, region = localRegion, account = localAccount, plain = ''] = name;
  return functions.get(`arn:aws:lambda:${region}:${account}:function:${plain}`);
}
