import type { Used } from './load.ts';
import type { Report, Row } from './report.ts';

export const head = [
  'strategy',
  'use',
  'failed without the library',
  'failed with it',
  'published one refused, ms',
  'switch gap, ms',
  'Secrets Manager calls',
  'grace',
];

/** What a run found out, a line for each use of a strategy. */
export const cellsOf = ({ rows }: Report): readonly (readonly string[])[] => rows.flatMap(lines);

function lines({ strategy, grace = 'none', missing, compared }: Row): readonly string[][] {
  if (!compared) return [[strategy, `not compared: ${missing}`, '', '', '', '', '', grace]];
  const { uses, switchGapMs, secretsManagerCalls: calls } = compared;
  const { total, writes, ofAdministrator } = calls;
  const beside = ofAdministrator > 0 ? ` + ${ofAdministrator}` : '';
  return uses.map((used) => [
    strategy,
    used.use,
    failedOf(used.bare),
    failedOf(used.application),
    refusalOf(used),
    switchGapMs === 0 ? 'none' : String(switchGapMs),
    `${total} (${writes})${beside}`,
    grace,
  ]);
}

const failedOf = ({ done, failed }: Used['bare']) => `${failed} of ${done + failed}`;

/** A session or a webhook that was signed before is not refused because of what is published. */
function refusalOf({ use, bare }: Used): string {
  if (use === 'sessions' || use === 'webhooks') return '–';
  return bare.failed === 0 ? 'never' : bare.longestRefusalMs.toFixed(0);
}
