import type { BackupDocument } from '../backup/backup-format.ts';
import { describeIfThere } from '../described-secret.ts';
import { Failure } from '../failure.ts';
import { withSecretsManager } from '../secrets-manager.ts';
import type { Terminal } from '../terminal.ts';
import type { Wanted } from './wanted.ts';

/**
 * A credential belongs to one rotating secret: in two, each rotation ends what the other secret
 * holds. Answers the ARN of the one that was backed up where the target is another and that one may
 * still be there; throws a Failure unless that was said to be fine.
 */
export async function besideOriginal(
  { options, backup }: Wanted,
  target: string | undefined,
  terminal: Pick<Terminal, 'tell'>,
): Promise<string | undefined> {
  const { arn } = backup.secret;
  if (target === arn) return undefined;
  const standing = await standingOf(backup.secret);
  if (standing === undefined) return undefined;
  if (!options.shared) throw shared(`${arn} ${standing}`);
  terminal.tell(`${arn} ${standing}. Let only one of the two secrets rotate these credentials.\n`);
  return arn;
}

/** The end of a question. */
export const although = (arn: string | undefined): string =>
  arn === undefined ? '' : `, although ${arn} may hold the same credentials`;

/** `undefined` where it is gone for good. */
async function standingOf({ arn }: BackupDocument['secret']): Promise<string | undefined> {
  const region = /^arn:[a-z-]+:secretsmanager:([a-z0-9-]+):\d{12}:secret:./.exec(arn)?.[1];
  if (region === undefined) return 'is no ARN that can be looked up';
  try {
    const found = await withSecretsManager((client) => describeIfThere(client, arn), { region });
    if (!found) return undefined;
    return found.deletedAt
      ? 'is scheduled for deletion and can be taken back, with the same credentials'
      : 'is there, with the same credentials or later ones of the same systems';
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return `may still hold them: it could not be looked at (${error.code})`;
  }
}

const shared = (standing: string) =>
  new Failure(
    'CREDENTIALS_SHARED',
    `The backup is of another secret than this is to be restored into: ${standing}. Where two secrets ` +
      'rotate a credential, each rotation ends what the other holds. Restore into that one, or add ' +
      '--shared, and let only one of the two rotate it. Nothing was changed.',
  );
