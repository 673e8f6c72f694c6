import { spellingsOf } from './spellings.ts';

/** Replaces every occurrence of the values it was made for. */
export type Redact = (text: string) => string;

/** Below this a value is too short to be told from ordinary text. */
const shortestValue = 4;

/**
 * So many characters of a value count as the value, since a message may be cut in the midst of it.
 * Fewer would take words out of messages, and so tell which words a value is made of.
 */
const pieceLength = 12;

const mark = '[redacted]';

/**
 * A function that replaces these values wherever a text shows them, whole or a piece of twelve
 * characters, in any spelling and whatever the case. Over-eager where a value is an ordinary word.
 */
export function redactor(values: Iterable<string>): Redact {
  const needles = [...new Set(values)].filter((value) => value.length >= shortestValue);
  let spellings: readonly string[] | undefined;

  return (text) => {
    // Most calls end without a line or an error to redact.
    spellings ??= [...new Set(needles.flatMap(spellingsOf).map(lowered))];
    const plain = text.replace(base64Run, (run) => (hides(run, needles) ? mark : run));
    return withoutPieces(plain, spellings);
  };
}

/**
 * Replaces whatever looks like a generated credential: for texts that may quote a value which
 * nobody but their author knows. Names, identifiers in lower case and UUIDs stay.
 */
export const redactGenerated: Redact = (text) =>
  text.replace(/[A-Za-z0-9+/_=-]{20,}/g, (run) => (looksGenerated(run) ? mark : run));

/** Texts anywhere inside a value: a password, the entries of a list of fallbacks, a long number. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)].filter(({ length }) => length >= 6);
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

const base64Run = /[A-Za-z0-9+/_-]{6,}={0,2}/g;

/** Whether a run of base64 holds one of the values, at whatever offset it was encoded. */
function hides(run: string, needles: readonly string[]): boolean {
  return [0, 1, 2, 3].some((skip) => {
    const decoded = Buffer.from(run.slice(skip), 'base64').toString('utf8');
    return needles.some((needle) => decoded.includes(needle));
  });
}

const looksGenerated = (run: string) =>
  /[0-9a-fA-F]{32}/.test(run) || [/[a-z]/, /[A-Z]/, /[0-9]/].every((kind) => kind.test(run));

function withoutPieces(text: string, spellings: readonly string[]): string {
  const shown = lowered(text);
  const hidden = new Uint8Array(text.length);
  for (let size = shortestValue; size <= pieceLength; size++) {
    const ofSize = spellings.filter(({ length }) => Math.min(length, pieceLength) === size);
    const known = knownPieces(shown, ofSize, size);
    for (const at of placesOf(shown, known, size)) hidden.fill(1, at, at + size);
  }
  return masked(text, hidden);
}

/** The pieces that text and spellings share. Indexes the text, the shorter of the two. */
function knownPieces(text: string, spellings: readonly string[], size: number): Set<string> {
  if (spellings.length === 0) return new Set();
  const inText = new Set(piecesOf(text, size));
  const known = new Set<string>();
  for (const spelling of spellings) {
    for (const piece of piecesOf(spelling, size)) if (inText.has(piece)) known.add(piece);
  }
  return known;
}

function* piecesOf(text: string, size: number): Generator<string> {
  for (let at = 0; at + size <= text.length; at++) yield text.slice(at, at + size);
}

function* placesOf(text: string, pieces: ReadonlySet<string>, size: number): Generator<number> {
  if (pieces.size === 0) return;
  let at = 0;
  for (const piece of piecesOf(text, size)) {
    if (pieces.has(piece)) yield at;
    at += 1;
  }
}

function masked(text: string, hidden: Uint8Array): string {
  let result = '';
  for (let at = 0; at < text.length; at++) {
    if (!hidden[at]) result += text.charAt(at);
    else if (!hidden[at - 1]) result += mark;
  }
  return result;
}

/** In small letters, each character where it was. */
const lowered = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
