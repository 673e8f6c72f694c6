/**
 * What a terminal would obey instead of showing: control characters, line separators other than the
 * newline, and what turns the direction of writing round.
 */
const obeyed = /[^\P{Cc}\n]|[\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu;

/** A text that a terminal shows as it is; inside a text of JSON it still means the same. */
export const printable = (text: string): string => text.replace(obeyed, escaped);

/** The same for a name, which has no lines. */
export const printableName = (name: string): string => printable(name).replaceAll('\n', '\\n');

/** Whether a terminal shows a text as it is, in one line. */
export const isPrintable = (text: string): boolean => printableName(text) === text;

const escaped = (character: string) =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
