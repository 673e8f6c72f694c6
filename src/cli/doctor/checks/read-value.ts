import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { secretArnIn } from '../aws-arn.ts';
import { asking } from '../clients.ts';
import { findingsOf, type Finding } from '../finding.ts';
import type { Identity } from './account.ts';
import { denialIn } from './denial.ts';
import { adviceOn } from './denial-advice.ts';
import { isDenied, isNotFound, reasonOf } from './reason.ts';
import { refusedCredentials } from './refused-credentials.ts';
import type { SeenSecret } from './secret.ts';

const { fail } = findingsOf('value');

/** What an application gets; a text that must not leave memory. */
export interface ReadValue {
  readonly text?: string | undefined;
  readonly isBinary: boolean;
}

/** Reads one label as an application does. Throws what the SDK throws. */
export async function readValue(
  { secretId, caller }: SeenSecret,
  label: string,
): Promise<ReadValue> {
  const { SecretString, SecretBinary } = await asking(
    (config) => new SecretsManagerClient(config),
    caller,
    (client, abort) =>
      client.send(new GetSecretValueCommand({ SecretId: secretId, VersionStage: label }), abort),
  );
  return { text: SecretString, isBinary: SecretString === undefined && SecretBinary !== undefined };
}

interface Refusal {
  readonly seen: SeenSecret;
  readonly label: string;
  readonly identity: Identity;
}

/** Why a value cannot be read, and what to change. */
export function valueFinding(error: unknown, refusal: Refusal): Finding {
  const message = error instanceof Error ? error.message : '';
  const refused = refusedCredentials(error);
  if (refused) return refused;
  if (/different AWS account.*default KMS|default KMS.*different/i.test(message)) return otherKey();
  if (isKeyUnusable(error)) return unusableKey(refusal);
  if (isDenied(error)) return denied(message, refusal);
  if (/marked for deletion|because it was deleted/i.test(message)) return beingDeleted(refusal);
  return isNotFound(error) ? missing(refusal) : unreadable(refusal, reasonOf(error));
}

function isKeyUnusable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (/^(DecryptionFailure|KMSInvalidState|DisabledException|KMS)/.test(error.name)) return true;
  return /\b(is disabled|pending (deletion|import|replica))|unusable/i.test(error.message);
}

function denied(message: string, refusal: Refusal): Finding {
  const denial = denialIn(message);
  const { seen, label, identity } = refusal;
  if (denial.code === 'DENIED_BY_KMS' && isDefaultKeyElsewhere(refusal)) return otherKey();
  return fail(denial.code, {
    message: `${label} may not be read by ${identity.arn ?? 'the caller'}. AWS says: ${message}`,
    fix: adviceOn(denial, seen, identity),
  });
}

function isDefaultKeyElsewhere({ seen, identity }: Refusal): boolean {
  const { ARN = '', KmsKeyId } = seen.description ?? {};
  const account = secretArnIn(ARN)?.account;
  return KmsKeyId === undefined && account !== undefined && account !== identity.account;
}

const otherKey = () =>
  fail('KMS_KEY_OF_OTHER_ACCOUNT', {
    message: 'The secret is encrypted with aws/secretsmanager, which no other account can use.',
    fix:
      'Give it a customer managed key (aws secretsmanager update-secret --kms-key-id …), and let the policy ' +
      'of that key name the caller.',
  });

const unusableKey = ({ seen, label }: Refusal) =>
  fail('KMS_KEY_UNUSABLE', {
    message: `${label} cannot be decrypted: the key of KMS is disabled, about to be deleted, or another one.`,
    fix: `Look at ${seen.description?.KmsKeyId ?? 'the key'} (aws kms describe-key): enable it, or cancel its deletion.`,
  });

const beingDeleted = ({ seen }: Refusal) =>
  fail('SECRET_BEING_DELETED', {
    message: 'The secret is scheduled for deletion. Nobody can read it now.',
    fix: `aws secretsmanager restore-secret --secret-id ${seen.secretId}`,
  });

const missing = ({ seen, label }: Refusal) =>
  seen.description
    ? fail('NO_CURRENT_VERSION', {
        message: `There is no value under ${label}.`,
        fix: `Store one: aws secretsmanager put-secret-value --secret-id ${seen.secretId}, with the value in a file.`,
      })
    : fail('SECRET_NOT_FOUND', {
        message: `There is no secret ${seen.secretId} in region ${seen.caller.region}, or no value in it.`,
        fix: 'Look at how the name is written, and at account and region.',
      });

const unreadable = ({ label }: Refusal, reason: string) =>
  fail('VALUE_UNREADABLE', {
    message: `${label} could not be read: ${reason}.`,
    fix: 'Run the command again; if that goes on, look at what stands between here and Secrets Manager.',
  });
