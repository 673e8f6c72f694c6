import { findingsOf, type Finding } from '../finding.ts';
import type { Answered } from './knock.ts';

const { ok, fail, skipped } = findingsOf('clock');

/** AWS refuses what was signed more than five minutes away from its own time. */
export function examineClock({ theirs, ours }: Answered): Finding {
  if (!theirs) return skipped('The answer did not say what time it is there.');
  const aheadMs = ours.getTime() - theirs.getTime();
  const apart = `${Math.round(Math.abs(aheadMs) / 1_000)} s ${aheadMs > 0 ? 'ahead' : 'behind'}`;
  // The header has whole seconds.
  if (Math.abs(aheadMs) < 60_000) return ok("This machine's clock is right to the minute.");
  if (Math.abs(aheadMs) < 5 * 60_000) {
    return ok(`This machine's clock is ${apart}; AWS takes up to five minutes.`);
  }
  return fail('CLOCK_WRONG', {
    message: `This machine's clock is ${apart}, and AWS refuses more than five minutes.`,
    fix: 'Set it by the network (chrony, systemd-timesyncd, w32tm), also on the host of a container.',
  });
}
