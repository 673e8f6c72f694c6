import Table from 'cli-table3';
import { labels } from '../../rotation/secret-store.ts';
import type { InspectionAnswer } from '../inspection.ts';

type Version = InspectionAnswer['versions'][number];
type Key = InspectionAnswer['keys'][number];

/** Which system accepts which version's credential, as a table, and below it why one could not be asked. */
export function sightOf(inspection: InspectionAnswer): string {
  const shown = shownVersions(inspection);
  const table = new Table({
    head: ['', ...shown.map(({ name, version }) => `${name}\n${version.versionId.slice(0, 8)}`)],
    style: { head: [], border: [] },
  });
  for (const key of inspection.keys) {
    table.push([key.key, ...shown.map(({ version }) => cellOf(key, version))]);
  }
  return [table.toString(), ...reasons(inspection, shown)].join('\n');
}

interface Shown {
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

function cellOf({ credentials }: Key, { versionId, createdAt, problem }: Version): string {
  const credential = credentials.find((each) => each.versionId === versionId);
  if (!credential) return createdAt === undefined && !problem ? 'no value' : 'unusable';
  if (credential.problem?.code.startsWith('KEY_')) return 'unusable';
  return cells[credential.verdict];
}

const cells: Readonly<Record<Key['credentials'][number]['verdict'], string>> = {
  accepted: 'accepted',
  rejected: 'REJECTED',
  unknown: 'nobody can tell',
  failed: 'cannot be asked',
};

/** One line each; what a rotation would stumble over matters where it does not say the same again. */
function reasons({ keys }: InspectionAnswer, shown: readonly Shown[]): readonly string[] {
  const ofVersions = shown.flatMap(({ name, version: { problem } }) =>
    problem ? [`${name}: ${problem.message} [${problem.code}]`] : [],
  );
  const ofKeys = keys.flatMap(({ key, credentials, obstacle }) => {
    const failed = credentials.flatMap(({ versionId, problem }) => {
      const name = shown.find(({ version }) => version.versionId === versionId)?.name;
      return problem ? [`${key}, ${name}: ${problem.message} [${problem.code}]`] : [];
    });
    const next =
      obstacle && failed.length === 0
        ? [`${key}, next rotation: ${obstacle.message} [${obstacle.code}]`]
        : [];
    return [...failed, ...next];
  });
  return [...ofVersions, ...ofKeys];
}
