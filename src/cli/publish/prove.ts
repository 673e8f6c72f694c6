import { isMark } from '../../rotation/compromised.ts';
import { Failure, Interrupted } from '../failure.ts';
import { inspectSecret, type InspectionAnswer } from '../inspection.ts';
import { judge, type Held, type JudgedKey } from './judgement.ts';
import { moved } from './make-current.ts';
import type { Proposal } from './proposal.ts';
import { keysConfiguredFor, keysToldBy, type RotatedKeys } from './rotated-keys.ts';
import type { StoredValue } from './stored-value.ts';

export interface Published {
  readonly outcome: 'published' | 'refused';
  /** The version that was made, which is current where it was published. */
  readonly versionId: string;
  /** For each rotated key; empty where no function could be asked. */
  readonly keys: readonly JudgedKey[];
  /** What is wrong with the value as a whole, such as a missing key. */
  readonly problem?: string | undefined;
  /** Whether a rollback would go back to the version from before, as far as can be told. */
  readonly hasWayBack: boolean;
}

/** What was found, and by which keys it is judged. */
export interface Proof {
  readonly published: Published;
  readonly rotated: readonly RotatedKeys[];
}

export interface Tried {
  readonly proposal: Proposal;
  /** The name of the secret. */
  readonly name: string;
  readonly value: StoredValue;
  readonly current: Held;
  /** Absent where nothing rotates the secret. */
  readonly functionArn: string | undefined;
  readonly force?: boolean;
  readonly unverified?: boolean;
  /** Stops the asking; absent where it must not be. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Has the rotation function ask every system about the value that is proposed, and says whether it may
 * become current. Throws a Failure where nobody could be asked.
 */
export async function prove(tried: Tried): Promise<Proof> {
  const inspection = await inspected(tried);
  if (inspection) {
    const { rotated } = keysToldBy(inspection);
    return { published: judged(inspection, tried), rotated };
  }
  const { versionId } = tried.proposal;
  const published = { outcome: 'published', versionId, keys: [], hasWayBack: false } as const;
  return { published, rotated: keysConfiguredFor(tried.name).rotated };
}

function judged(inspection: InspectionAnswer, tried: Tried): Published {
  const { proposal, value, current, force } = tried;
  const { versionId } = proposal;
  const versionOf = (id: string) => inspection.versions.find((each) => each.versionId === id);
  const problemOf = (id: string) => versionOf(id)?.problem?.message;
  const keys = judge(inspection, { given: { versionId, value }, current });
  const problem = problemOf(versionId);
  const isWhole = problem === undefined || (force && problemOf(current.versionId) !== undefined);
  const isFit = isWhole && keys.every((key) => mayPublish(key, tried));
  const outcome = isFit ? 'published' : 'refused';
  const back = { given: versionOf(versionId), before: versionOf(current.versionId), keys };
  return { outcome, versionId, keys, problem, hasWayBack: hasWayBack(back) };
}

type Inspected = InspectionAnswer['versions'][number];

interface Back {
  readonly given: Inspected | undefined;
  readonly before: Inspected | undefined;
  readonly keys: readonly JudgedKey[];
}

/** No rollback takes back what no rotation changes, nor leads to what is compromised or dead. */
const hasWayBack = ({ given, before, keys }: Back): boolean =>
  given?.foreignChange === undefined &&
  before !== undefined &&
  before.problem === undefined &&
  !before.labels.some(isMark) &&
  keys.every(({ current }) => current === 'accepted');

/** Absent where nobody can be asked and that was said to be fine. */
async function inspected({ unverified, proposal, functionArn, signal }: Tried) {
  if (functionArn === undefined) return undefined;
  try {
    return assertTold(await inspectSecret({ arn: proposal.secret, functionArn }, signal), proposal);
  } catch (error) {
    if (signal?.aborted) throw new Interrupted();
    if (unverified && error instanceof Failure && error.code !== 'CURRENT_CHANGED') {
      return undefined;
    }
    throw error;
  }
}

/** Another run like this one takes the label away, and then this value was not asked about. */
function assertTold(inspection: InspectionAnswer, { versionId }: Proposal): InspectionAnswer {
  if (inspection.versions.some((each) => each.versionId === versionId)) return inspection;
  throw moved();
}

function mayPublish({ meaning }: JudgedKey, { force, unverified }: Tried): boolean {
  switch (meaning) {
    case 'works':
    case 'as-before':
      return true;
    case 'breaks':
      return false;
    case 'dead-too':
      return force === true;
    case 'unproven':
      return unverified === true;
  }
}
