import { scopeOf } from '../aws-endpoint.ts';
import { localRegion } from '../aws-service.ts';
import { addressedTo } from './addressed-to.ts';
import type { ApiCall } from './api-call.ts';
import { callsOf, fieldsIn } from './calls-of-services.ts';
import type { KnownResources } from './known-resources.ts';

/**
 * The calls that a request is, those included that AWS makes for it as the caller. What is signed
 * for one service and asks another for something is a call that no policy can allow.
 */
export async function callsIn(
  request: Request,
  known: KnownResources,
): Promise<readonly ApiCall[]> {
  const body = await request.clone().text();
  const { service: signed = 'none', region = localRegion } = scopeOf(request) ?? {};
  const service = addressedTo(request, body);
  if (service !== signed) return [{ action: `${signed}:${service}`, resource: '*', context: {} }];
  const call = { request, form: new URLSearchParams(body), fields: fieldsIn(body) };
  return callsOf[service]?.(call, region === localRegion ? known : elsewhere) ?? [];
}

/** Another region has none of the secrets that are here. */
const elsewhere: KnownResources = { findSecret: () => undefined };
