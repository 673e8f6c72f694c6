import { type Readable, type Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';

/** How long a program that has ended is waited for when nothing comes of its output, in ms. */
const silence = 1_000;

/** One of a program's outputs, on its way to ours. */
export interface Passage {
  /** Settles when all of it was passed on, or nobody reads it any more. */
  readonly ended: Promise<unknown>;
  /** Grows with what comes. */
  readonly bytes: () => number;
  /** Whether what came was passed on. */
  readonly isEmpty: () => boolean;
  /** Takes what came so far for all of it. */
  readonly cut: () => void;
}

/** Where nobody reads any more, the program is told, by the end of its pipe. */
export function passOn(from: Readable, through: Transform, to: Writable): Passage {
  const state = { bytes: 0, isCut: false };
  const out = into(to);

  async function* chunks() {
    try {
      for await (const chunk of from) {
        state.bytes += chunk.length;
        yield chunk;
      }
    } catch (error) {
      if (!state.isCut) throw error;
    }
  }
  return {
    ended: pipeline(chunks, through, out).catch(() => undefined),
    bytes: () => state.bytes,
    isEmpty: () => from.readableLength + through.readableLength + out.writableLength === 0,
    cut() {
      state.isCut = true;
      from.destroy();
    },
  };
}

/** A pipeline leaves listeners on what it ends in: that is not ours, which outlives many programs. */
function into(to: Writable): Writable {
  if (to.listenerCount('error') === 0) to.on('error', () => undefined);
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => void to.write(chunk, (error) => done(error)),
  });
}

/**
 * Waits, after the end of a program, for what it wrote. What it left running may hold its output
 * open, as long as it likes: where nothing has come for a second, nobody waits for that.
 */
export async function drained(passages: readonly Passage[]): Promise<void> {
  const over = new AbortController();
  const ended = Promise.all(passages.map((passage) => passage.ended)).then(() => over.abort());
  const bytes = () => passages.reduce((sum, passage) => sum + passage.bytes(), 0);

  while (!over.signal.aborted) {
    const before = bytes();
    await setTimeout(silence, undefined, { signal: over.signal }).catch(() => undefined);
    if (bytes() === before && passages.every(({ isEmpty }) => isEmpty())) break;
  }
  for (const { cut } of passages) cut();
  await ended;
}
