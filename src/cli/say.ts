import { writeSync } from 'node:fs';
import { printable } from './printable.ts';

/** Says something on standard error, at once, while a program may run that has it too. Never throws. */
export function say(text: string): void {
  let rest = Buffer.from(`keyturn: ${printable(text)}\n`);
  for (let attempt = 0; rest.length > 0 && attempt < 100; attempt += 1) {
    rest = rest.subarray(written(rest));
  }
}

function written(bytes: Buffer): number {
  try {
    return writeSync(2, bytes);
  } catch (error) {
    // It is set to non-blocking, and full: whoever reads gets some time.
    if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) {
      return bytes.length;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    return 0;
  }
}
