import { localAccount, localRegion } from '../aws-service.ts';
import { targetIn } from './addressed-to.ts';
import type { ApiCall } from './api-call.ts';
import type { RequestParts } from './calls-of-services.ts';
import { impliedByKmsKey } from './implied-calls.ts';
import type { KnownResources, KnownSecret } from './known-resources.ts';

/**
 * A request to Secrets Manager, and what that asks KMS for as the caller. A batch reads each of its
 * secrets: what is denied of them is denied of it here, where AWS answers the rest.
 */
export function callsToSecretsManager(
  { request, fields: { SecretId, SecretIdList = [], Name, KmsKeyId } }: RequestParts,
  known: KnownResources,
): readonly ApiCall[] {
  const target = targetIn(request);
  const about = { named: SecretId ?? Name ?? '', newKeyId: KmsKeyId };
  const reads = SecretIdList.flatMap((named) => callsAbout('GetSecretValue', { named }, known));
  return [...callsAbout(target, about, known), ...reads];
}

interface About {
  readonly named: string;
  /** The key that the request itself names. */
  readonly newKeyId?: string | undefined;
}

function callsAbout(
  operation: string,
  { named, newKeyId }: About,
  known: KnownResources,
): readonly ApiCall[] {
  const action = `secretsmanager:${operation}`;
  const secret = known.findSecret(named);
  const resource = secret?.arn ?? unknownSecret(named);
  const { resourcePolicy } = secret ?? {};
  const call = { action, resource, context: contextOf(secret), resourcePolicy };
  const keyId = secret?.kmsKeyArn ?? newKeyId;
  const ownKey = keyId && !keyId.endsWith(everybodysKey);
  return ownKey ? [call, ...ofKey(action, { keyId, resource }, known)] : [call];
}

/** Secrets Manager's own key, which everybody in the account may use through it. */
const everybodysKey = 'alias/aws/secretsmanager';

const contextOf = (secret: KnownSecret | undefined): Record<string, string> =>
  secret?.functionArn
    ? { 'secretsmanager:resource/AllowRotationLambdaArn': secret.functionArn }
    : {};

/** A key that KMS does not know has the usual policy. */
function ofKey(
  action: string,
  { keyId, resource: secretArn }: { readonly keyId: string; readonly resource: string },
  { findKey }: KnownResources,
): readonly ApiCall[] {
  const key = findKey?.(keyId);
  const keyArn = key?.arn ?? (keyId.startsWith('arn:') ? keyId : arnOf('kms', `key/${keyId}`));
  const calls = impliedByKmsKey(action, { keyArn, secretArn });
  return calls.map((call) => ({ ...call, resourcePolicy: key?.policy }));
}

/** One that is not there is authorised by what its ARN would be. */
function unknownSecret(named: string): string {
  if (named === '' || named.startsWith('arn:')) return named || '*';
  return arnOf('secretsmanager', `secret:${named}-000000`);
}

const arnOf = (service: string, rest: string) =>
  `arn:aws:${service}:${localRegion}:${localAccount}:${rest}`;
