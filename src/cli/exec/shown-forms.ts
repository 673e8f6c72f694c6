/** What of a value programs print, in each spelling: four characters at least. */
export const shownForms = (value: unknown): ReadonlySet<string> =>
  new Set(
    [...partsOf(value), ...jsonOf(value)]
      .filter(({ length }) => length >= 4)
      .flatMap((text) => spellings(text)),
  );

/** Texts anywhere within a value, and long numbers. */
function partsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value, value.trim(), ...linesOf(value)];
  if (typeof value === 'number') return [String(value)].filter((text) => /(\d\D*){4}/.test(text));
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(partsOf);
}

/** Programs print a text of several lines line by line. Short ones may stand anywhere. */
function linesOf(text: string): readonly string[] {
  const lines = text.split(/[\r\n]+/).map((line) => line.trim());
  return lines.length > 1 ? lines.filter(({ length }) => length >= 8) : [];
}

const jsonOf = (value: unknown) =>
  typeof value === 'number' || (typeof value === 'object' && value !== null)
    ? [JSON.stringify(value)]
    : [];

/** As it is, within JSON as several languages write that, and within a URL. */
function spellings(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const url = encodeURIComponent(text.toWellFormed());
  const strict = url.replace(/[!'()*]/g, percent);
  return [
    text,
    ...[json, ascii(json)].flatMap((each) => [each, each.replaceAll('/', String.raw`\/`)]),
    ...[url, strict].flatMap((each) => [each, each.replaceAll('%20', '+')]),
  ];
}

/** With escapes for all but ASCII. */
const ascii = (json: string) =>
  json.replace(
    /[^\0-~]/g,
    (unit) => String.raw`\u` + unit.charCodeAt(0).toString(16).padStart(4, '0'),
  );

const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
