import { HttpError } from './errors.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** The fields of a body that was parsed already. Throws an HttpError of 400 where there are none. */
export function fieldsOf(body: unknown): Fields {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body };
  throw new HttpError(400, 'Send a JSON object, as application/json.');
}

/** The fields of a form, each of them a text, or several where it was sent several times. */
export const textsOf = (fields: Fields): Readonly<Record<string, string | readonly string[]>> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(String) : String(value),
    ]),
  );

/** A text that says something. Throws an HttpError of 400. */
export function textIn(fields: Fields, name: string, { longest }: { longest: number }): string {
  const value = fields[name];
  const text = typeof value === 'string' ? value.trim() : '';
  // PostgreSQL stores no NUL in a text.
  if (text !== '' && text.length <= longest && !text.includes('\0')) return text;
  throw new HttpError(400, `The field ${name} must be a text of 1 to ${longest} characters.`);
}

/** A phone number as Twilio takes it (E.164). Throws an HttpError of 400. */
export function phoneNumber(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string' && /^\+[1-9]\d{6,14}$/.test(value)) return value;
  throw new HttpError(400, `The field ${name} must be a phone number, such as +15005550006.`);
}

/** An id of a row. What cannot be one is nowhere: throws an HttpError of 404. */
export function rowId(text: string): string {
  if (/^\d{1,18}$/.test(text)) return text;
  throw new HttpError(404, 'You have no such reminder.');
}
