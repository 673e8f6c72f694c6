import { setTimeout } from 'node:timers/promises';

/** The bytes of a terminal, told apart into answers of one line and what does not belong to them. */
export interface TypedLines {
  /** Answers the bytes that belong to the answer that is open; those of control aside. */
  take(bytes: Uint8Array): Uint8Array;
  /** Begins an answer. */
  open(): void;
  /** Why the answer cannot be what was meant; `undefined` where one plain line came. */
  problem(): string | undefined;
  /** Waits until nothing comes any more: the rest of a paste may be long on its way. */
  quiet(signal?: AbortSignal): Promise<void>;
}

/** `interrupt` is called at Ctrl-C, Ctrl-D and Ctrl-\, which a raw terminal hands over as bytes. */
export function createTypedLines(interrupt: () => void): TypedLines {
  let [isClosed, hasMore, isOdd, isPasted] = [true, false, false, false];
  let [escape, count] = ['', 0];

  /** Whether the byte belongs to a mark of a paste; another escape sequence is no text. */
  function isMark(byte: number): boolean {
    const sequence = escape + String.fromCharCode(byte);
    if (marks.some((mark) => mark.startsWith(sequence))) {
      const isWhole = marks.includes(sequence);
      if (isWhole) isPasted = sequence === pasteStart;
      escape = isWhole ? '' : sequence;
      return true;
    }
    if (escape === '') return false;
    [escape, isOdd] = ['', true];
    return isMark(byte);
  }

  function belongs(byte: number): boolean {
    if (isMark(byte)) return false;
    if (interrupting.has(byte)) interrupt();
    if (lineEnds.has(byte)) return endLine();
    if (isClosed) hasMore = true;
    if (isClosed) return false;
    if (byte === ctrlU && !isPasted) isOdd = false;
    if (!isControl(byte) || (editing.has(byte) && !isPasted)) return true;
    isOdd = true;
    return false;
  }

  /** More line ends after the first are no second line: CR and LF come together. */
  function endLine(): boolean {
    const isFirst = !isClosed;
    isClosed = true;
    hasMore ||= isPasted;
    return isFirst;
  }

  return {
    take(bytes) {
      count += bytes.length;
      return bytes.filter(belongs);
    },
    open() {
      [isClosed, hasMore, isOdd] = [false, false, false];
    },
    problem() {
      if (hasMore) return severalLines;
      return isOdd ? noText : undefined;
    },
    async quiet(signal) {
      for (let before = -1; before !== count;) {
        if (signal?.aborted) return;
        before = count;
        await setTimeout(isPasted ? pauseInPaste : pause);
      }
    },
  };
}

/** As long as the lines of a paste may be apart on a slow connection; nobody is on so soon. In ms. */
const [pause, pauseInPaste] = [300, 2_000];

const [pasteStart, pasteEnd] = ['\u001B[200~', '\u001B[201~'];
const marks = [pasteStart, pasteEnd];

const ctrlU = 0x15;
const interrupting: ReadonlySet<number> = new Set([0x03, 0x04, 0x1c]);
const lineEnds: ReadonlySet<number> = new Set([0x0a, 0x0d]);

/** Backspace, Ctrl-U and Ctrl-W. Ctrl-Z is none: who comes back from it finds the echo on. */
const editing: ReadonlySet<number> = new Set([0x08, 0x7f, ctrlU, 0x17]);

const isControl = (byte: number) => byte < 0x20 || byte === 0x7f;

const severalLines =
  'More than one line came, and none of it was taken. A value of several lines goes into a file ' +
  '(--from-file); one line is asked for again.';

const noText =
  'It held a key or a sequence that is no text, such as an arrow. If that is meant, give it in a file ' +
  '(--from-file).';
