/** A name as PostgreSQL takes it whatever it holds: quotes, spaces, capitals, reserved words. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text as PostgreSQL takes it, whether `standard_conforming_strings` is on or off. */
export function quoteText(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? ` E${quoted}` : quoted;
}

/** A comment, between statements on one line, that no name in it can end. */
export const comment = (text: string): string => `/* ${text.replaceAll('*', '')} */`;
