import type { DescribedSecret } from '../described-secret.ts';
import { Failure } from '../failure.ts';
import { printableName } from '../printable.ts';
import type { Held, JudgedKey } from '../publish/judgement.ts';
import { clearLeftovers } from '../publish/leftovers.ts';
import { publishProven } from '../publish/publish-proven.ts';
import type { Published } from '../publish/prove.ts';
import { refusalOf } from '../publish/refusal.ts';
import { sameStored, type StoredValue } from '../publish/stored-value.ts';
import { withSecretsManager } from '../secrets-manager.ts';
import type { Terminal } from '../terminal.ts';
import { compare } from './comparison.ts';
import { markedInBackup } from './marked-in-backup.ts';
import { although, type Original } from './original.ts';
import { valueToPublish } from './value-to-publish.ts';
import type { Wanted } from './wanted.ts';

interface Request extends Wanted {
  readonly found: DescribedSecret;
  readonly current: Held;
  /** Another secret that may hold the same credentials. */
  readonly beside: Original | undefined;
}

/** Asks, has the value proven, and publishes it. Throws a PublishRefused where a key would break. */
export async function publishBackup(request: Request, terminal: Terminal): Promise<void> {
  const { options, backup, found, current, beside } = request;
  const { value, kept } = await valueToPublish(request);
  if (sameStored(value, current.value)) return unchanged(request, terminal);
  terminal.tell(lossOf(value, current.value));
  if (kept.length > 0) terminal.tell(keptText(kept));
  const question = `Have it tried, and publish it as ${found.name}${although(beside)}?`;
  if (!options.yes && !(await terminal.confirm(question))) throw declined();
  const { force, unverified } = options;
  const marked = [...markedInBackup(backup), ...(beside?.marked ?? [])];
  const publication = { secret: found.arn, current, value, marked, force, unverified };
  const published = await publishProven(publication);
  if (published.outcome === 'refused') throw refusalOf(published, advice(published.keys));
  await terminal.answer(report(request, published));
}

const keptText = (lists: readonly string[]) =>
  `What is current of the key goes into ${named(lists)}, so that what it signed still verifies.\n`;

const named = (keys: readonly string[]) => keys.map(printableName).join(', ');

/** Keys that were added to the secret since. */
function lossOf(value: StoredValue, current: StoredValue): string {
  const lost = compare(value, current).filter(({ is }) => is === 'only in the secret');
  if (lost.length === 0) return '';
  const names = named(lost.map(({ key }) => key));
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
  const document = { ...about, ...(beside && { beside: beside.arn }), keys };
  if (options.json) return `${JSON.stringify({ outcome: 'published', ...document }, null, 2)}\n`;
  const back = hasWayBack
    ? `It can be taken back with keyturn rollback ${found.name}, as long as those from before work.\n`
    : '';
  return (
    `${found.name} is restored: ${versionId} is current, ${current.versionId} was before. ` +
    `${provenText(keys)}\n${back}`
  );
}

/** What the systems said, where they were asked. */
function provenText(keys: readonly JudgedKey[]): string {
  if (keys.length === 0) return 'No system was asked whether it accepts them.';
  return said
    .flatMap(([meanings, text]) => {
      const concerned = keys.filter(({ meaning }) => meanings.includes(meaning));
      return concerned.length > 0 ? text(named(concerned.map(({ key }) => key))) : [];
    })
    .join(' ');
}

const said: readonly (readonly [readonly JudgedKey['meaning'][], (names: string) => string])[] = [
  [['works'], (names) => `Their systems accept ${names}.`],
  [['as-before'], (names) => `As before: ${names}.`],
  [['dead-too', 'breaks'], (names) => `Not accepted, as before: ${names}.`],
  [['unproven'], (names) => `Nobody could tell whether these work: ${names}.`],
];

/** The other rotated keys, which would go. */
function advice(keys: readonly JudgedKey[]) {
  const fit = keys.filter(({ meaning }) => meaning === 'works').map(({ key }) => key);
  const others = fit.length > 0 ? `, such as --only ${fit.map(printableName).join(',')}` : '';
  return {
    breaks: `It was ended or replaced after the backup was made. Restore other keys alone${others}.`,
    'dead-too': 'Add --force to publish it all the same, or run keyturn repair.',
    unproven: 'Mend what is in the way, or add --unverified to publish it all the same.',
  };
}

const declined = () => new Failure('DECLINED', 'Nothing was changed.');
