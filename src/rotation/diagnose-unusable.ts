import { finish, putBack } from './another-version.ts';
import type { InspectedKey, InspectedVersion } from './inspection.ts';
import { ofValue } from './of-value.ts';
import { mayWork, verdictAt, type Seen } from './seen.ts';
import { stuck } from './stuck.ts';
import type { WayOut } from './way-out.ts';
import { mendFirst, supply } from './ways.ts';
import { worksElsewhere } from './works-elsewhere.ts';

/** The way out where AWSCURRENT holds what no rotation could start from; else `undefined`. */
export function unusable(seen: Seen, current: InspectedVersion): WayOut | undefined {
  if (current.createdAt && !current.problem) return undefined;
  if (current.problem && !ofValue(current.problem)) {
    return mendFirst('What AWSCURRENT holds cannot be read.', [current.problem]);
  }
  const finding = current.problem?.message ?? 'The version under AWSCURRENT has no value.';
  const { key } = current.problem ?? {};
  const about = seen.keys.filter((each) => key !== undefined && each.changes.includes(key));
  // A value that a person supplies would abandon the rotation, and so would AWSCURRENT going back.
  return (
    putBack(seen, finding, about) ??
    (current.createdAt ? finish(seen, finding, about) : undefined) ??
    stuck(seen, restorable(seen, current)) ??
    supply(about, `${finding} ${worksElsewhere(seen, about.length > 0 ? about : seen.keys)}`)
  );
}

/**
 * What an unusable AWSCURRENT says all the same, and its system takes, or would but for the rotation
 * that stuck: where it takes what AWSPREVIOUS says, AWSCURRENT may still go there.
 */
const restorable = (
  { keys, worth, pending }: Seen,
  current: InspectedVersion,
): readonly InspectedKey[] =>
  keys.filter((key) => {
    const switched = key.switches && verdictAt(key, pending) === 'accepted';
    return mayWork(worth(key, current)) || (switched && verdictAt(key, current) === 'rejected');
  });
