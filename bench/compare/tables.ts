import Table from 'cli-table3';
import { cellsOf, head } from './cells.ts';
import type { Report } from './report.ts';

/** What a run found out, for a person at a terminal. */
export function tableOf(report: Report): string {
  const table = new Table({ head, style: { head: [], border: [] } });
  table.push(...cellsOf(report).map((cells) => [...cells]));
  return `${surroundingsOf(report)}\n${table.toString()}\n`;
}

/** The same in Markdown. */
export function markdownOf(report: Report): string {
  const rule = row(head.map((_, column) => (column < 2 ? '---' : '--:')));
  return [surroundingsOf(report), '', row(head), rule, ...cellsOf(report).map(named).map(row)].join(
    '\n',
  );
}

const named = ([strategy, ...rest]: readonly string[]) => [`\`${strategy}\``, ...rest];

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

function surroundingsOf({ date, machine, rotations }: Report): string {
  const { node, platform, cores, load } = machine;
  return (
    `Measured on ${date} by \`npm run compare\`, in one run of ${rotations} rotations each: Node ${node} on ` +
    `${platform}, ${cores} cores, load ${load.map((each) => each.toFixed(1)).join(' to ')}. Nothing ran on AWS.`
  );
}
