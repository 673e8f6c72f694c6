/** Throws a TypeError, before anything is done, for an option that would be ignored. */
export function assertKnown(options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new TypeError(
    `There is no option ${unknown.join(', ')}. There are: ${known.toSorted().join(', ')}.`,
  );
}

/** Throws a TypeError for a value that is none of these. Nothing is as good as the default. */
export function assertOneOf(name: string, value: unknown, known: readonly string[]): void {
  if (value === undefined || known.some((one) => one === value)) return;
  throw new TypeError(`The option ${name} must be one of: ${known.join(', ')}.`);
}
