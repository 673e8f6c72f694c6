import Table from 'cli-table3';
import type { Spread } from '../statistics.ts';
import type { BurstCalls } from './bursts.ts';
import type { Import } from './imports.ts';
import type { Outage } from './outages.ts';
import type { PreviousRead } from './previous.ts';
import type { ReadRate } from './rates.ts';
import type { Report } from './report.ts';

/** What a run found out, for a person. */
export function tablesOf(report: Report): string {
  const { machine, packages, extent } = report;
  const { node, platform, cores, load } = machine;
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return [
    `Node ${node} on ${platform}, ${cores} cores, load ${load.map((each) => each.toFixed(1)).join(' to ')}. Nothing ran on AWS.`,
    `Beside ${versions.join(', ')}.`,
    '',
    `Reads from memory: one thread, a process each, rounds: ${extent.readRounds}.`,
    rateTable(report.rates),
    '',
    `Start: minified bundles, since the start of a process, rounds: ${extent.startRounds}.`,
    importTable(report.imports),
    '',
    'Reads at once: calls of Secrets Manager for 100 of them, nothing being in memory, and past the TTL.',
    burstTable(report.bursts),
    '',
    `Outage: Secrets Manager answers 503 for ${extent.outageMs / 1_000} s, the TTL is 1 s.`,
    outageTable(report.outages),
    '',
    'Asked for AWSPREVIOUS just after AWSCURRENT:',
    previousTable(report.previous),
    '',
  ].join('\n');
}

function rateTable(rates: readonly ReadRate[]): string {
  const rows = rates.map(({ name, perSecond }) => [name, ...both(perSecond, thousands)]);
  return tableOf(['read', 'thousands a second', 'middle half'], rows);
}

function importTable(imports: readonly Import[]): string {
  const rows = imports.map(({ name, readyMs, firstValueMs, bytes }) => [
    name,
    ...both(readyMs, tenths),
    ...both(firstValueMs, tenths),
    kibibytes(bytes.atStart),
    kibibytes(bytes.inAll),
  ]);
  const head = ['loaded', 'ready, ms', 'middle half', 'first value, ms', 'middle half'];
  return tableOf([...head, 'KiB at start', 'KiB in all'], rows);
}

function burstTable(bursts: readonly BurstCalls[]): string {
  const rows = bursts.map(({ name, cold, expired }) => [name, cold, expired]);
  return tableOf(['read by', 'cold', 'past the TTL'], rows);
}

function outageTable(outages: readonly Outage[]): string {
  const rows = outages.map((outage) => [
    outage.name,
    outage.everyMs / 1_000,
    outage.served,
    outage.failed,
    outage.calls,
    outage.unhandled,
    tenths(outage.slowestMs),
    outage.recoveredAfterMs === null ? 'never' : (outage.recoveredAfterMs / 1_000).toFixed(1),
  ]);
  const head = ['read by', 'every, s', 'served', 'failed', 'calls', 'unhandled'];
  return tableOf([...head, 'slowest read, ms', 'new value after, s'], rows);
}

function previousTable(previous: readonly PreviousRead[]): string {
  const rows = previous.map(({ name, answer }) => [name, answer]);
  return tableOf(['asked', 'answers'], rows);
}

const both = ({ median, lower, upper }: Spread, written: (value: number) => string) => [
  written(median),
  `${written(lower)}–${written(upper)}`,
];

const tenths = (value: number) => value.toFixed(1);
const thousands = (value: number) => tenths(value / 1_000);
const kibibytes = (bytes: number) => Math.ceil(bytes / 1_024);

/** What a row is about on the left, figures on the right. */
function tableOf(head: string[], rows: readonly (readonly (string | number)[])[]): string {
  const table = new Table({
    head,
    colAligns: head.map((_, column) => (column === 0 ? 'left' : 'right')),
    style: { head: [], border: [] },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
