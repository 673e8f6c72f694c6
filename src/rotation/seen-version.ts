import { isMark } from './compromised.ts';
import type { InspectedVersion, Told } from './inspection.ts';
import { isLater } from './made-after.ts';
import { ofValue } from './of-value.ts';
import { labels, type Label } from './secret-store.ts';

export const carries = (label: Label) => (version: InspectedVersion) =>
  version.labels.includes(label);

/** Why a version could not be read, where that is nobody's value. */
export const unreadable = ({ problem }: InspectedVersion): Told | undefined =>
  ofValue(problem) ? undefined : problem;

/** Whether one version was made later than the other; false where one has no value. */
export const isMadeAfter = (one: InspectedVersion, other: InspectedVersion): boolean =>
  one.createdAt !== undefined &&
  other.createdAt !== undefined &&
  isLater(
    { createdAt: new Date(one.createdAt), isUndone: carries(labels.undone)(one) },
    new Date(other.createdAt),
  );

/** Whether somebody has what stands in the version who should not. */
export const isMarked = (version: InspectedVersion | undefined): boolean =>
  version?.labels.some(isMark) ?? false;

/** Whether its credentials are being ended, or have been. */
export const isEnded = (version: InspectedVersion): boolean =>
  carries(labels.retiring)(version) || carries(labels.retired)(version);

/** Whether its value may become current: whole, of nobody else, and comparable with what is there. */
export const isSound = (version: InspectedVersion): boolean =>
  version.createdAt !== undefined &&
  !version.problem &&
  !version.foreignChange &&
  !isMarked(version);

/** Whether the version was made so shortly ago that Secrets Manager may be working on it. */
export const isYoung = ({ createdAt }: InspectedVersion, at: string): boolean =>
  createdAt === undefined || Date.parse(at) - Date.parse(createdAt) < youngMs;

const youngMs = 3_600_000;
