import type * as v from 'valibot';
import type { Account } from './account.ts';
import { parse } from './validation.ts';

/** Takes a request's body and answers a response's, in AWS's spelling. Dates stay dates. */
export type Operation = (account: Account, input: unknown) => object | Promise<object>;

export function operation<T extends v.GenericSchema>(
  schema: T,
  run: (account: Account, input: v.InferOutput<T>) => object | Promise<object>,
): Operation {
  return (account, input) => run(account, parse(schema, input));
}
