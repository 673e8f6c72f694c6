import { scopeOf } from '../aws-endpoint.ts';
import { accessDenied } from './access-denied.ts';
import type { ApiCall } from './api-call.ts';
import { badCredentials } from './bad-credentials.ts';
import { callsIn } from './calls-in-request.ts';
import type { LocalIam } from './create-iam.ts';
import type { KnownResources } from './known-resources.ts';
import { refusal } from './refusal.ts';

/** Answers a refusal where the caller of a request may not do what it asks for. */
export type Guard = (request: Request) => Promise<Response | undefined>;

/**
 * Whoever has a role's access key, or a user's, is held to its policies; anyone else owns the
 * account, and is held to the policies on secrets and keys. Without a signature nobody is asked for:
 * each service has its own answer to that.
 */
export const guardedBy =
  (iam: LocalIam, known: KnownResources): Guard =>
  async (request) => {
    const scope = scopeOf(request);
    if (!scope) return undefined;
    const bad = badCredentials(request);
    if (bad) return bad;
    const calls = await callsIn(request, known);
    const refused = await iam.refusedTo(iam.identityOf(scope.accessKeyId), calls);
    return refused ? accessDenied(request, refused) : unusableKey(request, calls, known);
  };

/** What is encrypted with a key that is switched off, or about to be deleted, is not to be had. */
function unusableKey(request: Request, calls: readonly ApiCall[], { findKey }: KnownResources) {
  const used = calls.find(({ action }) => /^kms:(Decrypt|GenerateDataKey)$/.test(action));
  const key = used && findKey?.(used.resource);
  if (!key || key.enabled) return undefined;
  return refusal(request, used.action === 'kms:Decrypt' ? undecryptable : unencryptable);
}

/**
 * Their names and texts are those of Secrets Manager's API reference. That they are what a key which
 * is off leads to is likely: AWS's pages say no more, and no answer of its own was found recorded.
 */
const undecryptable = {
  type: 'DecryptionFailure',
  queryCode: 'DecryptionFailure',
  message: "Secrets Manager can't decrypt the protected secret text using the provided KMS key.",
};
const unencryptable = {
  type: 'EncryptionFailure',
  queryCode: 'EncryptionFailure',
  message:
    "Secrets Manager can't encrypt the protected secret text using the provided KMS key. Check that the KMS key is available, enabled, and not in an invalid state.",
};

/** The credentials of a role, by its name: the stand-ins do not verify signatures. */
export const credentialsOf = (roleName: string) => ({
  accessKeyId: roleName,
  secretAccessKey: 'local',
});
