import { valueOf, type BackedUpVersion, type BackupDocument } from '../backup/backup-format.ts';
import { toldOf } from '../backup/told-labels.ts';
import { describeIfThere } from '../described-secret.ts';
import { Failure, UsageError } from '../failure.ts';
import { assertNotDeleted, requireSecret } from '../find-secret.ts';
import { readCurrentValue } from '../publish/current-value.ts';
import { assertNotRotating } from '../publish/not-rotating.ts';
import { documentOf, type StoredValue } from '../publish/stored-value.ts';
import { elsewhere, withSecretsManager } from '../secrets-manager.ts';
import type { Terminal } from '../terminal.ts';
import { compare } from './comparison.ts';
import { createFromBackup } from './create-from-backup.ts';
import { openBackup } from './open-backup.ts';
import type { RestoreOptions } from './options.ts';
import { besideOriginal } from './original.ts';
import { publishBackup } from './publish-backup.ts';
import { backupDocument, describeBackup, type Opened } from './report.ts';
import { assertHeld } from './value-to-publish.ts';
import type { Wanted } from './wanted.ts';

/**
 * Opens a backup, tells what is in it by names alone, asks, and publishes it where its credentials
 * work. Throws a Failure, and then AWSCURRENT is where it was unless that says otherwise. May be
 * called twice.
 */
export async function restore(options: RestoreOptions, terminal: Terminal): Promise<void> {
  if (!options.yes && !options.list && !terminal.interactive) throw notAsked();
  const backup = await openBackup(options, terminal);
  const version = versionOf(backup, options.stage);
  terminal.tell(elsewhere());
  const name = options.secret ?? backup.secret.name;
  const wanted = { options, backup, version, name };
  assertHeld(wanted);
  return options.list ? list(wanted, terminal) : change(wanted, terminal);
}

/** A look into the backup needs no secret: where that cannot be read, it is told and left at that. */
async function list(wanted: Wanted, terminal: Terminal): Promise<void> {
  const opened = await openedFor(wanted).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
    terminal.tell(`Not compared with the secret: ${error.message} [${error.code}]\n`);
    return told(wanted, undefined);
  });
  const document = { outcome: 'listed', secret: wanted.name, ...backupDocument(opened) };
  await terminal.answer(
    wanted.options.json ? `${JSON.stringify(document, null, 2)}\n` : describeBackup(opened),
  );
}

async function openedFor(wanted: Wanted): Promise<Opened> {
  const found = await requireSecret(wanted.name);
  return told(wanted, (await readCurrentValue(found)).value);
}

async function change(wanted: Wanted, terminal: Terminal): Promise<void> {
  const found = await withSecretsManager((client) => describeIfThere(client, wanted.name));
  if (!found) {
    const describe = () => terminal.tell(describeBackup(told(wanted, undefined)));
    return createFromBackup(wanted, terminal, describe);
  }
  assertNotDeleted(found);
  if (wanted.options.kmsKey !== undefined) throw keepsKey(found.name);
  assertNotRotating(found);
  const beside = await besideOriginal(wanted, found.arn, terminal);
  const current = await readCurrentValue(found);
  terminal.tell(describeBackup(told(wanted, current.value)));
  return publishBackup({ ...wanted, found, current, beside }, terminal);
}

/** Of the keys that `--only` names, or of all. */
function told({ options, backup, version }: Wanted, secret: StoredValue | undefined): Opened {
  const { only } = options;
  const value = valueOf(version);
  const isWanted = (key: string) => only?.includes(key) ?? true;
  const keys = (documentOf(value)?.keys ?? ['(the whole value)']).filter(isWanted);
  const compared = secret && compare(value, secret).filter(({ key }) => isWanted(key));
  return { backup, version, keys, compared };
}

function versionOf({ versions }: BackupDocument, stage: string): BackedUpVersion {
  const found = versions.find(({ labels }) => labels.includes(stage));
  if (found) return found;
  const there = versions.flatMap(({ labels }) => toldOf(labels)).join(', ');
  throw new Failure(
    'BACKUP_LACKS_VERSION',
    `The backup holds no version that had that label. Name one of ${there} with --stage.`,
  );
}

const keepsKey = (name: string) =>
  new UsageError(`${name} is there, and keeps the key it is encrypted with. Leave --kms-key out.`);

const notAsked = () =>
  new UsageError(
    'There is no terminal to ask on. Add --yes to restore without being asked, or --list.',
  );
