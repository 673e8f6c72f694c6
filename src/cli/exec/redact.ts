import { Transform } from 'node:stream';
import { printableName } from '../printable.ts';
import type { Document } from '../secret-version.ts';
import { shownForms } from './shown-forms.ts';

/** Bytes that must not be shown, and what stands in their place. */
interface Needle {
  readonly bytes: Buffer;
  readonly mark: Buffer;
}

/** Replaces values in bytes that come in chunks. What it answers may be shown. */
export interface Redactor {
  readonly write: (chunk: Buffer) => Buffer;
  /** The rest. */
  readonly end: () => Buffer;
}

/** The values that must not be shown. Those of a later version are added, and none is taken away. */
export class Redaction {
  /** By their first byte; the longest first. */
  readonly #needles = new Map<number, readonly Needle[]>();

  /** Of a list or an object, also the texts within it. Short values would take words out of texts. */
  add(document: Document): void {
    for (const [key, value] of Object.entries(document)) {
      for (const text of shownForms(value)) this.#addText(key, text);
    }
  }

  #addText(key: string, text: string): void {
    const needle = {
      bytes: Buffer.from(text),
      mark: Buffer.from(`[redacted ${printableName(key)}]`),
    };
    const first = needle.bytes[0] ?? 0;
    const known = this.#needles.get(first) ?? [];
    if (known.some(({ bytes }) => bytes.equals(needle.bytes))) return;
    const all = [...known, needle].toSorted((one, two) => two.bytes.length - one.bytes.length);
    this.#needles.set(first, all);
  }

  /** Holds back no more than what may be the beginning of a value. */
  redactor(): Redactor {
    let held: Buffer = Buffer.alloc(0);
    const next = (chunk: Buffer, isLast: boolean) => {
      const scanned = this.#scan(Buffer.concat([held, chunk]), isLast);
      held = scanned.held;
      return scanned.shown;
    };
    return { write: (chunk) => next(chunk, false), end: () => next(Buffer.alloc(0), true) };
  }

  #scan(bytes: Buffer, isLast: boolean) {
    const shown: Buffer[] = [];
    let [from, at] = [0, 0];
    while (at < bytes.length) {
      const found = this.#at(bytes, at, isLast);
      if (found === 'open') break;
      if (found) shown.push(bytes.subarray(from, at), found.mark);
      at += found?.bytes.length ?? 1;
      if (found) from = at;
    }
    shown.push(bytes.subarray(from, at));
    return { shown: Buffer.concat(shown), held: bytes.subarray(at) };
  }

  /** The longest value that stands there; `open` where a longer one may come to stand there. */
  #at(bytes: Buffer, at: number, isLast: boolean): Needle | 'open' | undefined {
    for (const needle of this.#needles.get(bytes[at] ?? 0) ?? []) {
      const length = Math.min(needle.bytes.length, bytes.length - at);
      const isSame = needle.bytes.compare(bytes, at, at + length, 0, length) === 0;
      if (isSame && length === needle.bytes.length) return needle;
      if (isSame && !isLast) return 'open';
    }
    return undefined;
  }
}

/** The same as a stream. */
export function redacting({ write, end }: Redactor): Transform {
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => done(null, write(chunk)),
    flush: (done) => done(null, end()),
  });
}
