import { Failure } from '../failure.ts';
import type { DescribedSecret } from '../described-secret.ts';
import type { Held, JudgedKey } from '../publish/judgement.ts';
import { clearLeftovers } from '../publish/leftovers.ts';
import { publishProven } from '../publish/publish-proven.ts';
import type { Published } from '../publish/prove.ts';
import { refusalOf } from '../publish/refusal.ts';
import { documentOf, sameStored, type StoredValue } from '../publish/stored-value.ts';
import { withValues } from '../publish/with-values.ts';
import type { SecretDocument } from '../../rotation/secret-document.ts';
import { withSecretsManager } from '../secrets-manager.ts';
import type { Terminal } from '../terminal.ts';
import { compare } from './comparison.ts';
import { earlierKeys } from './earlier-keys.ts';
import { although } from './original.ts';
import type { Wanted } from './wanted.ts';

interface Request extends Wanted {
  readonly found: DescribedSecret;
  readonly current: Held;
  /** The ARN of another secret that may hold the same credentials. */
  readonly beside: string | undefined;
}

/** Asks, has the value proven, and publishes it. Throws a PublishRefused where a key would break. */
export async function publishBackup(request: Request, terminal: Terminal): Promise<void> {
  const { options, found, current, version, beside } = request;
  const { value, kept } = valueFor(request);
  if (sameStored(value, current.value)) return unchanged(request, terminal);
  terminal.tell(lossOf(value, current.value));
  if (kept.length > 0) terminal.tell(keptText(kept));
  const question = `Have it tried, and publish it${although(beside)}?`;
  if (!options.yes && !(await terminal.confirm(question))) throw declined();
  const { force, unverified } = options;
  const { labels } = version;
  const publication = { secret: found.arn, current, value, labels, force, unverified };
  const published = await publishProven(publication);
  if (published.outcome === 'refused') throw refusalOf(published, advice(published.keys));
  await terminal.answer(report(request, published));
}

interface Chosen {
  readonly value: StoredValue;
  /** Lists that keep what is current of a restored key. */
  readonly kept: readonly string[];
}

/** The whole of the backup as it was stored, or what is current with some keys out of it. */
function valueFor({ options: { only }, value, current, found }: Request): Chosen {
  if (!only) return { value, kept: [] };
  const [ours, theirs] = [documentOf(value), documentOf(current.value)];
  if (!ours || !theirs) throw noKeys();
  const values = Object.fromEntries(only.map((key) => [key, required(ours, key)]));
  const { name, labelsOf } = found;
  const labels = labelsOf.get(current.versionId) ?? [];
  const lists = earlierKeys({ name, document: theirs, labels, values });
  const { text } = withValues({ name, document: theirs, values: { ...values, ...lists } });
  return { value: { text }, kept: Object.keys(lists) };
}

const keptText = (lists: readonly string[]) =>
  `What is current of the key goes into ${lists.join(', ')}, so that what it signed still verifies.\n`;

function required(document: SecretDocument, key: string) {
  const value = document.get(key);
  if (value !== undefined) return value;
  throw new Failure(
    'KEY_MISSING',
    `The backup holds no key ${key}. It holds ${document.keys.join(', ')}.`,
  );
}

/** Keys that were added to the secret since. */
function lossOf(value: StoredValue, current: StoredValue): string {
  const lost = compare(value, current).filter(({ is }) => is === 'only in the secret');
  if (lost.length === 0) return '';
  const names = lost.map(({ key }) => key).join(', ');
  return `The backup does not hold ${names}: the secret would be without. --only restores single keys.\n`;
}

async function unchanged({ options, found, current }: Request, terminal: Terminal): Promise<void> {
  const { versionId } = current;
  await withSecretsManager((client) => clearLeftovers(client, found));
  const document = { outcome: 'unchanged', secret: found.name, versionId };
  await terminal.answer(
    options.json
      ? `${JSON.stringify(document, null, 2)}\n`
      : `${found.name} holds that already (${versionId}). Nothing was changed.\n`,
  );
}

function report({ options, found, current, beside }: Request, published: Published): string {
  const { versionId, keys, hasWayBack } = published;
  const about = { secret: found.name, versionId, superseded: current.versionId };
  const document = { ...about, ...(beside && { beside }), keys };
  if (options.json) return `${JSON.stringify({ outcome: 'published', ...document }, null, 2)}\n`;
  const proven = keys.filter(({ meaning }) => meaning === 'works').map(({ key }) => key);
  const by =
    proven.length > 0
      ? `Their systems accept ${proven.join(', ')}.`
      : 'No system was asked whether it accepts them.';
  const back = hasWayBack
    ? `It can be taken back with keyturn rollback ${found.name}, as long as those from before work.\n`
    : '';
  return `${found.name} is restored: ${versionId} is current, ${current.versionId} was before. ${by}\n${back}`;
}

/** The other rotated keys, which would go. */
function advice(keys: readonly JudgedKey[]) {
  const fit = keys.filter(({ meaning }) => meaning === 'works').map(({ key }) => key);
  const others = fit.length > 0 ? `, such as --only ${fit.join(',')}` : '';
  return {
    breaks: `It was ended or replaced after the backup was made. Restore other keys alone${others}.`,
    'dead-too': 'Add --force to publish it all the same, or run keyturn repair.',
    unproven: 'Mend what is in the way, or add --unverified to publish it all the same.',
  };
}

const noKeys = () =>
  new Failure(
    'SECRET_NOT_JSON_OBJECT',
    'Single keys can be restored only where the backup and the secret are one JSON object each. Leave ' +
      '--only out.',
  );

const declined = () => new Failure('DECLINED', 'Nothing was changed.');
