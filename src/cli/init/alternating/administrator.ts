import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { RotationError } from '../../../rotation/errors.ts';
import { SecretDocument } from '../../../rotation/secret-document.ts';
import { awsFailure } from '../../aws-failure.ts';
import { Failure, UsageError } from '../../failure.ts';
import type { Terminal } from '../../terminal.ts';
import type { AlternatingOptions } from './options.ts';
import type { TargetSecret } from './target-secret.ts';

export interface Administrator {
  readonly user: string;
  readonly password: string;
  /** Of the secret that holds both; `undefined` where they were typed. */
  readonly arn?: string | undefined;
}

/** Throws where neither a secret nor a person can tell the administrator's password. */
export function assertTellable(
  { adminSecret, admin }: AlternatingOptions,
  terminal: Terminal,
): void {
  if (adminSecret !== undefined || terminal.interactive) return;
  throw new UsageError(
    `There is no terminal to ask for the password of ${admin} on. Name the secret that holds it with ` +
      '--admin-secret.',
  );
}

/** From his secret, or as somebody types it. Throws a Failure, or Interrupted. */
export async function administrator(
  client: SecretsManagerClient,
  options: AlternatingOptions,
  terminal: Terminal,
): Promise<Administrator> {
  const { adminSecret, admin: user } = options;
  if (adminSecret !== undefined) return inSecret(client, adminSecret, options);
  const question = { key: user, message: `Password of ${user}`, problemWith };
  return { user, password: (await terminal.askHidden([question])).get(user) ?? '' };
}

const problemWith = (answer: string) => (answer === '' ? 'It must not be empty.' : undefined);

/** Throws a Failure where the administrator is one of the roles, or his secret is the one to be written. */
export function assertApart(
  { user, arn }: Administrator,
  { owner, users, secret }: AlternatingOptions,
  target: Pick<TargetSecret, 'arn'>,
): void {
  if (arn !== undefined && arn === target.arn) {
    throw new Failure(
      'SETUP_UNSUITABLE',
      `The secret ${secret} is the administrator's own. Nothing was changed. Name another with --secret: his name ` +
        'and password would be replaced.',
    );
  }
  if (![owner, ...users].includes(user)) return;
  throw new Failure(
    'SETUP_UNSUITABLE',
    `The administrator ${user} is among the roles of --owner and --users. Nothing was changed. Choose other roles: ` +
      'an application must not act as the one who may change it.',
  );
}

async function inSecret(
  client: SecretsManagerClient,
  secret: string,
  { adminUserKey, adminPasswordKey }: AlternatingOptions,
): Promise<Administrator> {
  const { document, arn } = await read(client, secret);
  const at = (key: string) => {
    const value = document.get(key);
    if (typeof value === 'string' && value !== '') return value;
    throw unusable(`has no text under ${key}. Correct it, or name its keys`);
  };
  const unusable = (what: string) =>
    new Failure(
      'ADMIN_SECRET_UNUSABLE',
      `The secret ${secret} of the administrator ${what} (--admin-user-key, --admin-password-key).`,
    );
  return { user: at(adminUserKey), password: at(adminPasswordKey), arn };
}

async function read(client: SecretsManagerClient, secret: string) {
  try {
    const { SecretString: text, ARN: arn } = await client.send(
      new GetSecretValueCommand({ SecretId: secret }),
    );
    return { document: SecretDocument.parse(text ?? ''), arn };
  } catch (error) {
    const doing = `Reading the secret ${secret} of the administrator`;
    if (!(error instanceof RotationError)) throw awsFailure(error, { doing, known });
    throw new Failure(
      'ADMIN_SECRET_UNUSABLE',
      `${doing} failed: it is not one JSON object of keys.`,
    );
  }
}

const known = {
  ResourceNotFoundException: [
    'ADMIN_SECRET_UNUSABLE',
    'Look at its name, and whether this is the account and the region it is in.',
  ],
} as const;
