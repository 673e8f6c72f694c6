import type { ApiCall } from './api-call.ts';
import type { Refusal } from './ledger.ts';
import { simulate } from './simulate.ts';

/** Whether a resource's own policy lets a service of AWS's make the call. */
export async function allowsService(
  service: string,
  call: ApiCall,
  policy: unknown,
): Promise<boolean> {
  if (policy === undefined) return false;
  const request = { principal: service, call, identityPolicies: [], resourcePolicy: policy };
  return (await simulate(request)).allowed;
}

export const refusalOf = (principal: string, { action, resource }: ApiCall): Refusal => ({
  principal,
  action,
  resource,
  because: 'resource allows not',
});
