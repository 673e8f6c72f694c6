import Table from 'cli-table3';
import { styleText } from 'node:util';
import type { SecretStatus } from './secret-status.ts';
import { shortIds } from './short-ids.ts';
import { summary } from './summary.ts';
import { both, relative } from './times.ts';
import { wrapped } from './wrapped.ts';

type Key = SecretStatus['keys'][number];
type Verdict = Key['credentials'][number]['verdict'];

/** Everything of one secret. */
export function details(status: SecretStatus, now: Date): string {
  const parts = [
    summary(status, now),
    facts(status, now),
    status.versions.length > 0 ? versionTable(status, now) : '',
    status.keys.length > 0 ? keyTable(status, now) : '',
    reasons(status),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function facts({ region, functionArn, rotation, inspectedAt }: SecretStatus, now: Date): string {
  const at = (time: string | undefined) => time && both(new Date(time), now);
  const { enabled, schedule, window, lastRotatedAt, nextRotationAt } = rotation ?? {};
  const open = window && `window ${window}`;
  const lines: readonly (readonly [what: string, told: string | undefined])[] = [
    ['Region', region],
    ['Function', functionArn?.split(':function:').at(-1)],
    ['Rotation', rotation && [enabled ? 'on' : 'off', schedule, open].filter(Boolean).join(', ')],
    ['Rotated', rotation && (at(lastRotatedAt) ?? 'never yet')],
    ['Next', nextRotationAt && `by ${at(nextRotationAt)}`],
    ['Asked', at(inspectedAt)],
  ];
  const told = lines.filter(([, text]) => text !== undefined);
  return told.map(([what, text]) => `${what.padEnd(10)}${text}`).join('\n');
}

function versionTable({ versions }: SecretStatus, now: Date): string {
  const short = shortIds(versions.map(({ versionId }) => versionId));
  const table = newTable(['Version', 'Labels', 'Made']);
  for (const { versionId, labels, createdAt } of versions) {
    const made = createdAt === undefined ? '' : relative(new Date(createdAt), now);
    table.push([short(versionId), labels.join('\n'), made]);
  }
  return table.toString();
}

function keyTable({ versions, keys }: SecretStatus, now: Date): string {
  const short = shortIds(versions.map(({ versionId }) => versionId));
  const nameOf = (versionId: string) =>
    names.find(([label]) => labelsOf(versions, versionId).includes(label))?.[1] ?? short(versionId);
  const table = newTable(['Key and rotator', 'Version', 'Credential', 'Superseded lives']);
  for (const { key, rotator, credentials, supersededUntil } of keys) {
    table.push([
      `${inPieces(key)}\n${rotator}`,
      credentials.map(({ versionId }) => nameOf(versionId)).join('\n'),
      credentials.map(({ verdict }) => verdictCell(verdict)).join('\n'),
      supersededUntil === undefined ? '' : lifetime(new Date(supersededUntil), now),
    ]);
  }
  return table.toString();
}

const labelsOf = (versions: SecretStatus['versions'], versionId: string) =>
  versions.find((version) => version.versionId === versionId)?.labels ?? [];

/** AWSPENDING may stay on the version that became current. */
const names = [
  ['AWSCURRENT', 'current'],
  ['AWSPREVIOUS', 'previous'],
  ['AWSPENDING', 'pending'],
] as const;

/** A long key takes several lines, so that the table fits on 80 columns. */
const inPieces = (key: string) => key.match(/.{1,24}/gsu)?.join('\n') ?? key;

const verdictCells: Readonly<Record<Verdict, () => string>> = {
  accepted: () => styleText('green', 'accepted'),
  rejected: () => styleText('red', 'rejected'),
  unknown: () => 'not to be asked',
  failed: () => styleText('yellow', 'cannot be asked'),
};

const verdictCell = (verdict: Verdict) => verdictCells[verdict]();

function lifetime(until: Date, now: Date): string {
  return until <= now
    ? 'over: owed'
    : `${until.toISOString().slice(0, 16)}Z\n${relative(until, now)}`;
}

/** Why something cannot be told, where that is no finding by itself. */
function reasons({ versions, keys }: SecretStatus): string {
  const short = shortIds(versions.map(({ versionId }) => versionId));
  const ofVersions = versions.flatMap(({ versionId, problem }) =>
    problem ? [`${short(versionId)}: ${problem.message} [${problem.code}]`] : [],
  );
  const ofKeys = keys.flatMap(({ key, credentials }) =>
    credentials.flatMap(({ problem }) =>
      problem ? [`${key}: ${problem.message} [${problem.code}]`] : [],
    ),
  );
  const unknown = keys.flatMap(({ key, credentials }) =>
    credentials.some(({ verdict }) => verdict === 'unknown')
      ? [`${key}: the function has no way to ask whether its system accepts it.`]
      : [],
  );
  return [...new Set([...ofVersions, ...ofKeys, ...unknown])].map(wrapped).join('\n');
}

/** Without colours of its own. */
export const newTable = (head: readonly string[]) =>
  new Table({ head: [...head], style: { head: [], border: [] } });
