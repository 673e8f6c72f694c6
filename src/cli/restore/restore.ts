import { valueOf, type BackedUpVersion, type BackupDocument } from '../backup/backup-format.ts';
import { describeIfThere } from '../described-secret.ts';
import { Failure, UsageError } from '../failure.ts';
import { assertNotDeleted, requireSecret } from '../find-secret.ts';
import { readCurrentValue } from '../publish/current-value.ts';
import { assertNotRotating } from '../publish/not-rotating.ts';
import { documentOf, type StoredValue } from '../publish/stored-value.ts';
import { elsewhere, withSecretsManager } from '../secrets-manager.ts';
import type { Terminal } from '../terminal.ts';
import { compare } from './comparison.ts';
import { createAnew } from './create-anew.ts';
import { openBackup } from './open-backup.ts';
import type { RestoreOptions } from './options.ts';
import { although, besideOriginal } from './original.ts';
import { publishBackup } from './publish-backup.ts';
import { backupDocument, describeBackup, type Opened } from './report.ts';
import type { Wanted } from './wanted.ts';

/**
 * Opens a backup, tells what is in it by names alone, asks, and publishes it where its credentials
 * work. Throws a Failure; then AWSCURRENT is where it was. May be called twice.
 */
export async function restore(options: RestoreOptions, terminal: Terminal): Promise<void> {
  if (!options.yes && !options.list && !terminal.interactive) throw notAsked();
  const backup = await openBackup(options, terminal);
  const version = versionOf(backup, options.stage);
  terminal.tell(elsewhere());
  const name = options.secret ?? backup.secret.name;
  const wanted = { options, backup, version, value: valueOf(version), name };
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
  if (!found) return create(wanted, terminal);
  assertNotDeleted(found);
  assertNotRotating(found);
  const beside = await besideOriginal(wanted, found.arn, terminal);
  const current = await readCurrentValue(found);
  terminal.tell(describeBackup(told(wanted, current.value)));
  return publishBackup({ ...wanted, found, current, beside }, terminal);
}

async function create(wanted: Wanted, terminal: Terminal): Promise<void> {
  const { options, backup, value, name } = wanted;
  if (!options.create) throw toBeCreated(name);
  if (name.startsWith('arn:')) throw needsName();
  const beside = await besideOriginal(wanted, undefined, terminal);
  terminal.tell(describeBackup(told(wanted, undefined)));
  const question = `Create ${name} from it${although(beside)}?`;
  if (!options.yes && !(await terminal.confirm(question))) throw declined();
  const created = await withSecretsManager((client) =>
    createAnew(client, { name, backup: backup.secret, value, kmsKey: options.kmsKey }),
  );
  const document = { outcome: 'created', secret: name, ...created, ...(beside && { beside }) };
  await terminal.answer(
    options.json ? `${JSON.stringify(document, null, 2)}\n` : createdSentences(name, created.arn),
  );
}

function told({ backup, version, value }: Wanted, secret: StoredValue | undefined): Opened {
  const keys = documentOf(value)?.keys ?? ['(the whole value)'];
  return { backup, version, keys, compared: secret && compare(value, secret) };
}

function versionOf({ versions }: BackupDocument, stage: string): BackedUpVersion {
  const found = versions.find(({ labels }) => labels.includes(stage));
  if (found) return found;
  const there = versions.flatMap(({ labels }) => labels).join(', ');
  throw new Failure(
    'BACKUP_LACKS_VERSION',
    `The backup holds no version that had that label. Name one of ${there} with --stage.`,
  );
}

const createdSentences = (name: string, arn: string) =>
  `${name} is created (${arn}).\nNobody has tried its credentials yet. Deploy Keyturn for it ` +
  '(docs/deploying.md), then keyturn status tells.\n';

const toBeCreated = (name: string) =>
  new Failure(
    'SECRET_NOT_FOUND',
    `There is no secret ${name} in this account and region. Add --create to make it from the backup, or ` +
      'name another with --secret.',
  );

const needsName = () =>
  new UsageError('A secret is created by its name. Give that with --secret, and no ARN.');

const notAsked = () =>
  new UsageError(
    'There is no terminal to ask on. Add --yes to restore without being asked, or --list.',
  );

const declined = () => new Failure('DECLINED', 'Nothing was changed.');
