import Table from 'cli-table3';
import type { Report } from './report.ts';
import type { Start } from './starts.ts';
import type { Spread } from './statistics.ts';
import type { Step } from './steps.ts';

/** What a run found out, for a person. */
export function tablesOf(report: Report): string {
  const { machine, runs, target, earlier } = report;
  const { node, platform, cores, load } = machine;
  const ratios = Object.values(target.reached).map(times).join(' and ');
  return [
    `Node ${node} on ${platform}, ${cores} cores, load ${load.map((each) => each.toFixed(1)).join(' to ')}. Nothing ran on AWS.`,
    '',
    `Cold start: from the start of a process until it can be called, ${runs} rounds, one of each in turn.`,
    startTable(report.starts),
    `Target: at most ${target.timesBare} times bare Node. The functions take ${ratios}: ` +
      `${target.met ? 'met' : 'not met'}.`,
    '',
    'Steps: the built functions against the local stack, whose answers take next to no time.',
    stepTable(report.steps),
    `Secrets Manager calls in the four steps of a rotation: ${report.secretsManagerCalls}.`,
    `Not from this run: ${earlier.what}, measured earlier and elsewhere, needs ` +
      `${earlier.secretsManagerCalls} of them a rotation, and ${earlier.readyMs} ms to load and make ` +
      `a client where bare Node takes ${earlier.bareNodeMs} ms (${times(earlier.readyMs / earlier.bareNodeMs)}).`,
    '',
  ].join('\n');
}

function startTable(starts: readonly Start[]): string {
  const table = newTable([
    'loaded',
    'ready, ms',
    'middle half',
    'import, ms',
    '× bare Node',
    'middle half',
    'KiB at start',
    'KiB shipped',
  ]);
  for (const { name, readyMs, importMs, timesBare, bytes } of starts) {
    const sizes = [bytes?.atStart, bytes?.shipped].map(kibibytes);
    table.push([
      name,
      ...both(readyMs, 1),
      importMs.median.toFixed(1),
      ...both(timesBare, 2),
      ...sizes,
    ]);
  }
  return table.toString();
}

function stepTable(steps: readonly Step[]): string {
  const table = newTable([
    'invoked',
    'warm, ms',
    'middle half',
    'first, ms',
    'Secrets Manager',
    'other calls',
  ]);
  for (const { name, warmMs, firstMs, calls } of steps) {
    const { secretsmanager = 0, ...others } = calls;
    const rest = Object.entries(others).map(([service, count]) => `${service} ${count}`);
    table.push([
      name,
      ...both(warmMs, 1),
      firstMs.median.toFixed(1),
      secretsmanager,
      rest.join(', '),
    ]);
  }
  return table.toString();
}

const both = ({ median, lower, upper }: Spread, digits: number) => [
  median.toFixed(digits),
  `${lower.toFixed(digits)}–${upper.toFixed(digits)}`,
];

const times = (ratio: number) => `${ratio.toFixed(2)} ×`;
const kibibytes = (bytes: number | undefined) =>
  bytes === undefined ? '' : Math.ceil(bytes / 1024).toString();

/** What a row is about on the left, figures on the right. */
const newTable = (head: string[]) =>
  new Table({
    head,
    colAligns: head.map((_, column) => (column === 0 ? 'left' : 'right')),
    style: { head: [], border: [] },
  });
