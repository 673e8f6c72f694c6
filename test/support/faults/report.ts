import Table from 'cli-table3';
import { faultNames } from './fault.ts';
import type { Explored } from './exploration.ts';
import type { Cell, Failure } from './matrix.ts';
import type { Sampled } from './pairs.ts';
import type { RepairSwept } from './repair-sweep.ts';
import type { Result } from './task.ts';

/** Everything that was tried, as a person reads it, and whether all of it was survived. */
export function reportOf(results: readonly Result[]): { text: string; survived: boolean } {
  const cells = results.flatMap((result) => (result.kind === 'slice' ? result.cells : []));
  const meetings = results.flatMap((result) =>
    result.kind === 'scenario' ? [result.explored] : [],
  );
  const samples = results.flatMap((result) => (result.kind === 'pairs' ? [result.sampled] : []));
  const repairs = results.flatMap((result) => (result.kind === 'repairs' ? [result.swept] : []));
  const failures = [...cells, ...meetings, ...repairs].flatMap((each) => each.failures);
  const broken = samples.filter(({ failure }) => failure !== undefined);

  const text = [
    ...(cells.length > 0 ? [matrixOf(cells)] : []),
    ...(meetings.length > 0 ? [meetingsOf(meetings)] : []),
    ...failures.map(reproduction),
    ...broken.map(({ seed, failure }) => `pairs with the seed ${seed}: ${failure ?? ''}`),
    ...(cells.length > 0 ? [callsOf(cells)] : []),
    ...(meetings.length > 0 ? [ordersOf(meetings)] : []),
    ...(repairs.length > 0 ? [repairsOf(repairs)] : []),
    ...(samples.length > 0 ? [samplesOf(samples)] : []),
  ].join('\n');
  return { text, survived: failures.length === 0 && broken.length === 0 };
}

function callsOf(cells: readonly Cell[]): string {
  const variants = sum(cells.map((cell) => cell.variants));
  const failures = cells.flatMap((cell) => cell.failures);
  const kinds = new Set(cells.map(({ title }) => title)).size;
  return `${kinds} kinds of calls, ${variants} runs with one fault: ${survivedOf(variants, failures)}`;
}

function ordersOf(meetings: readonly Explored[]): string {
  const orders = sum(meetings.map((meeting) => meeting.orders));
  const failures = meetings.flatMap((meeting) => meeting.failures);
  return `${meetings.length} meetings of two in ${orders} orders: ${survivedOf(orders, failures)}`;
}

function samplesOf(samples: readonly Sampled[]): string {
  const seeds = samples.map(({ seed }) => seed).join(', ');
  const survived = samples.every(({ failure }) => failure === undefined);
  return (
    `${sum(samples.map(({ runs }) => runs))} runs with two faults, seeds ${seeds}: ` +
    (survived ? 'all survived' : 'NOT all survived')
  );
}

function matrixOf(cells: readonly Cell[]): string {
  const table = new Table({
    head: ['call', ...faultNames],
    style: { head: [], border: [], compact: true },
  });
  for (const [title, row] of Map.groupBy(cells, (cell) => cell.title)) {
    const shown = faultNames.map((fault) => shownCell(row.filter((cell) => cell.fault === fault)));
    table.push([title, ...shown]);
  }
  return table.toString();
}

function shownCell(cells: readonly Cell[]): string {
  if (cells.length === 0) return '–';
  const failed = sum(cells.map(({ failures }) => failures.length));
  const tried = sum(cells.map(({ variants }) => variants));
  return failed === 0 ? `✓ ${tried}` : `✗ ${failed} of ${tried}`;
}

function meetingsOf(meetings: readonly Explored[]): string {
  const table = new Table({
    head: ['what meets', 'orders'],
    style: { head: [], border: [], compact: true },
  });
  for (const { scenario, orders, failures } of meetings) {
    table.push([
      scenario,
      failures.length === 0 ? `✓ ${orders}` : `✗ ${failures.length} of ${orders}`,
    ]);
  }
  return table.toString();
}

function repairsOf(repairs: readonly RepairSwept[]): string {
  const [states, runs, disturbed] = (['states', 'runs', 'disturbed'] as const).map((each) =>
    sum(repairs.map((swept) => swept[each])),
  );
  const failures = repairs.flatMap((swept) => swept.failures);
  return (
    `${states} kinds of secrets that ${runs} runs left to nobody, each repaired, and ${disturbed} repairs with ` +
    `a fault: ${failures.length === 0 ? 'all repaired' : `NOT all repaired (${failures.length})`}`
  );
}

const reproduction = ({ id, violations }: Failure) =>
  `✗ ${violations.join('; ')}\n  npm run test:faults -- --only '${id}'`;

const survivedOf = (tried: number, failures: readonly Failure[]) =>
  failures.length === 0 ? 'all survived' : `${tried - failures.length} survived`;

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
