import { Failure, UsageError } from '../failure.ts';
import { assertNotCompromised } from '../publish/compromised-values.ts';
import { keysConfiguredFor } from '../publish/rotated-keys.ts';
import type { StoredValue } from '../publish/stored-value.ts';
import { withSecretsManager } from '../secrets-manager.ts';
import type { Terminal } from '../terminal.ts';
import { createAnew } from './create-anew.ts';
import { markedInBackup } from './marked-in-backup.ts';
import { although, besideOriginal, type Original } from './original.ts';
import { valueToCreate } from './value-to-publish.ts';
import type { Wanted } from './wanted.ts';

/** Tells what is in the backup, when it is known that it may be made a secret of. */
type Describe = () => void;

/** Asks, and makes the secret of the backup. Throws a Failure; then there is none. */
export async function createFromBackup(
  wanted: Wanted,
  terminal: Terminal,
  describe: Describe,
): Promise<void> {
  const { options, backup, name } = wanted;
  if (!options.create) throw toBeCreated(name);
  if (name.startsWith('arn:')) throw needsName();
  const beside = await besideOriginal(wanted, undefined, terminal);
  describe();
  const value = valueToCreate(wanted);
  assertUnmarked(wanted, { value, beside });
  const question = `Create ${name} from it${although(beside)}?`;
  if (!options.yes && !(await terminal.confirm(question))) throw declined();
  const created = await withSecretsManager((client) =>
    createAnew(client, { name, backup: backup.secret, value, kmsKey: options.kmsKey }),
  );
  const about = { ...created, ...(beside && { beside: beside.arn }) };
  const document = { outcome: 'created', secret: name, ...about };
  await terminal.answer(
    options.json ? `${JSON.stringify(document, null, 2)}\n` : createdSentences(name, created.arn),
  );
}

interface Created {
  readonly value: StoredValue;
  readonly beside: Original | undefined;
}

/** No function rotates it yet: which keys keep earlier ones says rotation.config.ts of this folder. */
function assertUnmarked({ backup, name }: Wanted, { value, beside }: Created): void {
  const marked = [...markedInBackup(backup), ...(beside?.marked ?? [])];
  const names = [name, backup.secret.name];
  const rotated = names.flatMap((each) => keysConfiguredFor(each).rotated);
  assertNotCompromised({ value, marked, rotated });
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

const declined = () => new Failure('DECLINED', 'Nothing was changed.');
