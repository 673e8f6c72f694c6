import type { Readable } from 'node:stream';

/** Thrown where there is more than was asked for: a device without an end, or the wrong file. */
export class TooLarge extends Error {
  readonly code = 'too large';
}

/** Reads a stream to its end, or to so many bytes. Throws `TooLarge` where there are more. */
export async function readBounded(stream: Readable, most: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of stream) {
    const bytes: Uint8Array = piece;
    length += bytes.length;
    if (length > most) throw new TooLarge();
    pieces.push(bytes);
  }
  return Buffer.concat(pieces);
}
