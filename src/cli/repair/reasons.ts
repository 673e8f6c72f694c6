import { labels } from '../../rotation/secret-store.ts';
import type { InspectionAnswer } from '../inspection.ts';
import { problemLine } from '../version-problem.ts';
import type { Shown } from './sight.ts';

type Key = InspectionAnswer['keys'][number];
type Told = NonNullable<Key['obstacle']>;

/** Why systems could not be asked about the versions shown, and rotations not begin: one line each, once. */
export function reasonsOf({ keys }: InspectionAnswer, shown: readonly Shown[]): readonly string[] {
  return [...shown.flatMap(ofVersion), ...keys.flatMap((key) => ofKey(key, shown))];
}

function ofVersion({ name, version }: Shown): readonly string[] {
  const { problem } = version;
  if (!problem) return [];
  if (name === labels.current) return [lineOf(name, problem)];
  return [`${problemLine({ name, labels: version.labels }, problem)} [${problem.code}]`];
}

function ofKey({ key, credentials, obstacle }: Key, shown: readonly Shown[]): readonly string[] {
  const failed = shown.flatMap(({ name, version }) => {
    const { problem } = credentials.find(({ versionId }) => versionId === version.versionId) ?? {};
    return problem ? [{ name, version, problem }] : [];
  });
  const lines = failed
    .filter(({ version, problem }) => !isSaid(version, problem))
    .map(({ name, problem }) => lineOf(`${key}, ${name}`, problem));
  const isNews =
    failed.length === 0 && !shown.some(({ version }) => obstacle && isSaid(version, obstacle));
  return obstacle && isNews ? [lineOf(`${key}, next rotation`, obstacle)] : lines;
}

/** Whether the line about the whole version says it already. */
const isSaid = ({ problem }: Shown['version'], told: Told): boolean =>
  problem?.message === told.message;

const lineOf = (what: string, { message, code }: Told) => `${what}: ${message} [${code}]`;
