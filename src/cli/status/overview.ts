import { plainTable } from '../plain-table.ts';
import type { SecretStatus } from './secret-status.ts';
import { stateCell, summary } from './summary.ts';
import { relative } from './times.ts';

/** One row for each secret, and below what of them needs attention. */
export function overview(statuses: readonly SecretStatus[], now: Date): string {
  const table = plainTable(['Secret', 'State', 'Rotated', 'Next by']);
  for (const { name, state, rotation } of statuses) {
    const at = (time: string | undefined) =>
      time === undefined ? '-' : relative(new Date(time), now);
    table.push([
      inPieces(name),
      stateCell(state),
      at(rotation?.lastRotatedAt),
      at(rotation?.nextRotationAt),
    ]);
  }
  const told = statuses.filter(({ findings }) => findings.length > 0);
  return [table.toString(), ...told.map((status) => summary(status, now))].join('\n\n');
}

const inPieces = (name: string) => name.match(/.{1,34}/gsu)?.join('\n') ?? name;
