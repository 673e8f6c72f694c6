declare global {
  interface JSON {
    /** Stands for a number in a text of JSON (ECMAScript proposal "JSON.parse source text access"). */
    rawJSON(text: string): object;
  }
}

/** Parses JSON; numbers that would be written otherwise, such as 1.0, come out as they were written. */
export function parseExactly(text: string): unknown {
  const parsed: unknown = JSON.parse(text, exactly);
  return parsed;
}

const exactly = (_key: string, value: unknown, context?: { readonly source?: string }): unknown => {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined) return value;
  return JSON.stringify(value) === source ? value : JSON.rawJSON(source);
};
