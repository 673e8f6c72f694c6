import type { BackupDocument } from '../backup/backup-format.ts';
import { describeIfThere, type DescribedSecret } from '../described-secret.ts';
import { Failure } from '../failure.ts';
import { readMarked, type MarkedVersion } from '../publish/compromised-values.ts';
import { withSecretsManager } from '../secrets-manager.ts';
import type { Terminal } from '../terminal.ts';
import type { Wanted } from './wanted.ts';

/** Another secret that may hold the same credentials: the one that was backed up. */
export interface Original {
  readonly arn: string;
  /** Its versions that are marked as compromised by now. */
  readonly marked: readonly MarkedVersion[];
}

/**
 * A credential belongs to one rotating secret: in two, each rotation ends what the other secret
 * holds. Answers the one that was backed up where the target is another and that one may still be
 * there; throws a Failure unless that was said to be fine, and where what is marked in it cannot be
 * read.
 */
export async function besideOriginal(
  { options, backup }: Wanted,
  target: string | undefined,
  terminal: Pick<Terminal, 'tell'>,
): Promise<Original | undefined> {
  const { arn } = backup.secret;
  if (target === arn) return undefined;
  const standing = await standingOf(backup.secret);
  if (standing === undefined) return undefined;
  if (!options.shared) throw shared(`${arn} ${standing.is}`);
  terminal.tell(
    `${arn} ${standing.is}. Let only one of the two secrets rotate these credentials.\n`,
  );
  return { arn, marked: await markedIn(standing) };
}

/** The end of a question. */
export const although = (original: Original | undefined): string =>
  original === undefined ? '' : `, although ${original.arn} may hold the same credentials`;

interface Standing {
  /** The end of a sentence. */
  readonly is: string;
  readonly region?: string;
  /** Absent where it could not be looked at. */
  readonly found?: DescribedSecret;
}

/** `undefined` where it is gone for good. */
async function standingOf({ arn }: BackupDocument['secret']): Promise<Standing | undefined> {
  const region = /^arn:[a-z-]+:secretsmanager:([a-z0-9-]+):\d{12}:secret:./.exec(arn)?.[1];
  if (region === undefined) return { is: 'is no ARN that can be looked up' };
  try {
    const found = await withSecretsManager((client) => describeIfThere(client, arn), { region });
    return found && { is: saidOf(found), region, found };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { is: `may still hold them: it could not be looked at (${error.code})` };
  }
}

const saidOf = ({ deletedAt }: DescribedSecret): string =>
  deletedAt
    ? 'is scheduled for deletion and can be taken back, with the same credentials'
    : 'is there, with the same credentials or later ones of the same systems';

const markedIn = async ({ found, region = '' }: Standing): Promise<readonly MarkedVersion[]> =>
  found ? withSecretsManager((client) => readMarked(client, found), { region }) : [];

const shared = (standing: string) =>
  new Failure(
    'CREDENTIALS_SHARED',
    `The backup is of another secret than this is to be restored into: ${standing}. Where two secrets ` +
      'rotate a credential, each rotation ends what the other holds. Restore into that one, or add ' +
      '--shared, and let only one of the two rotate it. Nothing was changed.',
  );
