import { styleText } from 'node:util';
import { functionNameOf } from '../function-name.ts';
import { plainTable } from '../plain-table.ts';
import { problemLine } from '../version-problem.ts';
import type { SecretStatus } from './secret-status.ts';
import { endCell } from './end-cell.ts';
import { shortIds } from './short-ids.ts';
import { summary } from './summary.ts';
import { both, relative } from './times.ts';
import { isCompromised } from './versions.ts';
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
    ['Function', functionArn && functionNameOf(functionArn)],
    ['Rotation', rotation && [enabled ? 'on' : 'off', schedule, open].filter(Boolean).join(', ')],
    ['Rotated', rotation && (at(lastRotatedAt) ?? 'never rotated yet')],
    ['Next', nextRotationAt && `by ${at(nextRotationAt)}`],
    ['Asked', at(inspectedAt)],
  ];
  const told = lines.filter(([, text]) => text !== undefined);
  return told.map(([what, text]) => `${what.padEnd(10)}${text}`).join('\n');
}

function versionTable({ versions }: SecretStatus, now: Date): string {
  const short = shortIds(versions.map(({ versionId }) => versionId));
  const table = plainTable(['Version', 'Labels', 'Made']);
  for (const { versionId, labels, createdAt } of versions) {
    const made = createdAt === undefined ? '' : relative(new Date(createdAt), now);
    table.push([short(versionId), labels.join('\n'), made]);
  }
  return table.toString();
}

function keyTable({ versions, keys }: SecretStatus, now: Date): string {
  const short = shortIds(versions.map(({ versionId }) => versionId));
  const labelsOf = (versionId: string) =>
    versions.find((version) => version.versionId === versionId)?.labels ?? [];
  const table = plainTable(['Key and rotator', 'Version', 'Credential', 'Ends']);
  for (const each of keys) {
    const rows = each.credentials.map(({ versionId, verdict }) => {
      const labels = labelsOf(versionId);
      return [
        nameOf(labels) ?? short(versionId),
        isCompromised(each, labels) ? compromised() : verdictCells[verdict](),
        endCell(each, { labels, verdict }, now),
      ] as const;
    });
    const columns = [0, 1, 2].map((column) => rows.map((row) => row[column]).join('\n'));
    table.push([`${inPieces(each.key)}\n${each.rotator}`, ...columns]);
  }
  return table.toString();
}

/** AWSPENDING may stay on the version that became current. */
const names = [
  ['AWSCURRENT', 'current'],
  ['AWSPREVIOUS', 'previous'],
  ['AWSPENDING', 'pending'],
] as const;

const nameOf = (labels: readonly string[]) => names.find(([label]) => labels.includes(label))?.[1];

/** A long key takes several lines, so that the table fits on 80 columns. */
const inPieces = (key: string) => key.match(/.{1,24}/gsu)?.join('\n') ?? key;

const verdictCells: Readonly<Record<Verdict, () => string>> = {
  accepted: () => styleText('green', 'accepted'),
  rejected: () => styleText('red', 'rejected'),
  unknown: () => 'not to be asked',
  failed: () => styleText('yellow', 'cannot be asked'),
};

const compromised = () => styleText('yellow', 'compromised');

/** Why something cannot be told, where that is no finding by itself. */
function reasons({ findings, versions, keys }: SecretStatus): string {
  const short = shortIds(versions.map(({ versionId }) => versionId));
  const ofVersions = versions.flatMap(({ versionId, labels, problem }) =>
    problem && !labels.includes('AWSCURRENT')
      ? [`${problemLine({ name: short(versionId), labels }, problem)} [${problem.code}]`]
      : [],
  );
  const said = [...findings, ...versions.flatMap(({ problem }) => problem ?? [])];
  const isSaid = (message: string) => said.some((each) => each.message.startsWith(message));
  const ofKeys = keys.flatMap(({ key, credentials }) =>
    credentials.flatMap(({ problem }) =>
      problem && !isSaid(problem.message) ? [`${key}: ${problem.message} [${problem.code}]`] : [],
    ),
  );
  const unknown = keys.flatMap(({ key, credentials }) =>
    credentials.some(({ verdict }) => verdict === 'unknown')
      ? [`${key}: the function has no way to ask whether its system accepts it.`]
      : [],
  );
  return [...new Set([...ofVersions, ...ofKeys, ...unknown])].map(wrapped).join('\n');
}
