import { labels } from '../../rotation/secret-store.ts';
import type { InspectionAnswer } from '../inspection.ts';
import { plainTable } from '../plain-table.ts';
import { reasonsOf } from './reasons.ts';

type Version = InspectionAnswer['versions'][number];
type Key = InspectionAnswer['keys'][number];
type Verdict = Key['credentials'][number]['verdict'];

/** Which system accepts which version's credential, as a table, and below it why one could not be asked. */
export function sightOf(inspection: InspectionAnswer): string {
  const shown = shownVersions(inspection);
  const heads = shown.map(({ name, version }) => `${name}\n${version.versionId.slice(0, 8)}`);
  const table = plainTable(['', ...heads]);
  for (const key of inspection.keys) {
    table.push([key.key, ...shown.map(({ version }) => cellOf(key, version))]);
  }
  return [table.toString(), ...reasonsOf(inspection, shown)].join('\n');
}

/** A column of the table. */
export interface Shown {
  readonly name: string;
  readonly version: Version;
}

/** In this order; a version is shown once, under the first label that it carries. */
const names = [labels.current, labels.pending, labels.previous, labels.proposed, labels.made];

function shownVersions({ versions }: InspectionAnswer): readonly Shown[] {
  const shown: Shown[] = [];
  for (const name of names) {
    const version = versions.find((each) => each.labels.includes(name));
    if (version && !shown.some((each) => each.version === version)) shown.push({ name, version });
  }
  return shown;
}

function cellOf({ credentials }: Key, version: Version): string {
  const credential = credentials.find(({ versionId }) => versionId === version.versionId);
  if (!credential) return unaskedAt(version);
  if (credential.problem?.code.startsWith('KEY_')) return 'unusable';
  return credential.verdict === 'rejected' ? rejectedAt(version) : cells[credential.verdict];
}

/** Nothing is asked of what has ended, nor of what cannot be read. */
function unaskedAt({ createdAt, labels: carried, problem }: Version): string {
  if (problem) return 'unusable';
  if (createdAt === undefined) return 'no value';
  return carried.includes(labels.retired) ? 'ended' : 'not asked';
}

/** Loud only where it is trouble. */
function rejectedAt({ labels: carried }: Version): string {
  if (carried.includes(labels.current)) return 'REJECTED';
  return carried.includes(labels.retired) ? 'ended' : 'rejected';
}

const cells: Readonly<Record<Exclude<Verdict, 'rejected'>, string>> = {
  accepted: 'accepted',
  unknown: 'nobody can tell',
  failed: 'cannot be asked',
};
