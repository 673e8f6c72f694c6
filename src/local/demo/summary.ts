import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { RotationReport } from './report.ts';
import type { LabelsOf } from './show.ts';

/** One rotation at a glance, for a person. */
export function summaryOf(
  number: number,
  report: RotationReport,
  labels: { readonly before: LabelsOf; readonly after: LabelsOf },
): string {
  const { error, failures = [], steps } = report;
  const outcome = error
    ? styleText('red', `Rotation ${number} failed: ${error}`)
    : styleText('green', `Rotation ${number} succeeded`);
  const times = steps.map(({ step, ms }) => `${step} ${ms} ms`).join(', ');
  return [
    outcome,
    keyTable(report),
    ...failures.map((failure) => styleText('red', `Failed: ${failure}`)),
    versionTable(labels),
    switchGap(report),
    callsOf(report),
    `Calls that the policies of template.yaml do not allow: ${report.refusedCalls}.`,
    `Steps: ${times}.`,
  ].join('\n');
}

/** The published password does not work in it, and new connections need one that does. */
function switchGap({ switchGapMs, requests }: RotationReport): string {
  if (switchGapMs === 0) return 'Switch gap: none, since nothing was switched.';
  const gap = `Switch gap: ${switchGapMs} ms from the switch of the database password to the label move`;
  return requests['DB_PASSWORD']?.failed === 0
    ? `${gap}; the application got through it by trying the pending password.`
    : `${gap}.`;
}

function callsOf({ secretsManagerCalls: calls }: RotationReport): string {
  const { total, writes, ofAdministrator } = calls;
  const beside =
    ofAdministrator > 0 ? `; beside them ${ofAdministrator} of the administrator's` : '';
  return `Secrets Manager calls in the four steps: ${total}, of which ${writes} writes${beside}.`;
}

function keyTable({ keys, requests }: RotationReport): string {
  const table = newTable(['Key', 'Rotator', 'Value', 'Requests served', 'Failed']);
  for (const [key, { rotator, changed }] of Object.entries(keys)) {
    const { served, failed } = requests[key] ?? { served: 0, failed: 0 };
    table.push([key, rotator, changed ? 'changed' : 'unchanged', served, failed]);
  }
  return table.toString();
}

function versionTable({ before, after }: { before: LabelsOf; after: LabelsOf }): string {
  const table = newTable(['Version', 'Labels before', 'Labels after']);
  for (const id of new Set([...Object.keys(before), ...Object.keys(after)])) {
    table.push([id, (before[id] ?? []).join(', '), (after[id] ?? []).join(', ')]);
  }
  return table.toString();
}

const newTable = (head: string[]) => new Table({ head, style: { head: [], border: [] } });
