import { clearScreenDown, cursorTo } from 'node:readline';
import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import { printValue } from '../print-value.ts';

/** Where one block of lines takes the place of the one before. */
export interface Screen {
  /** Whether it can be drawn on; else blocks follow each other. */
  readonly isLive: boolean;
  /** Throws a Failure where nobody takes it. */
  draw(text: string): Promise<void>;
}

/** Standard output. What stood on the terminal before is scrolled up, and stays. */
export function createScreen(stdout: WriteStream = process.stdout): Screen {
  const isLive = stdout.isTTY && process.env.TERM !== 'dumb';
  let isFresh = true;
  return {
    isLive,
    async draw(text) {
      if (!isLive) return printValue(text);
      // A terminal that does not tell its size has 0.
      const rows = stdout.rows || Infinity;
      if (isFresh && rows < Infinity) stdout.write('\n'.repeat(rows));
      isFresh = false;
      cursorTo(stdout, 0, 0);
      clearScreenDown(stdout);
      await printValue(fitting(text, { rows: rows - 1, columns: stdout.columns || 80 }));
    },
  };
}

/** What is too long would scroll, and leave its beginning behind each time. */
function fitting(text: string, { rows, columns }: { rows: number; columns: number }): string {
  const lines = text.trimEnd().split('\n');
  const kept = linesWithin(lines, { rows, columns });
  if (kept === lines.length) return `${lines.join('\n')}\n`;
  const shown = linesWithin(lines, { rows: rows - 1, columns });
  return `${lines.slice(0, shown).join('\n')}\n… and ${lines.length - shown} lines more\n`;
}

/** How many of the lines fit, of which long ones take several rows. */
function linesWithin(
  lines: readonly string[],
  { rows, columns }: { rows: number; columns: number },
): number {
  let left = rows;
  const tooMany = lines.findIndex((line) => {
    left -= Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns));
    return left < 0;
  });
  return tooMany < 0 ? lines.length : tooMany;
}
