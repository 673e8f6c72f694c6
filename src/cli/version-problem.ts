import { labels as names } from '../rotation/secret-store.ts';
import { ofValue } from '../rotation/of-value.ts';

interface Told {
  readonly code: string;
  readonly key?: string | undefined;
  readonly message: string;
}

/** What is wrong with a version that is not current: storing it anew, as its message says, helps nobody. */
export function problemLine(
  { name, labels }: { readonly name: string; readonly labels: readonly string[] },
  { code, key, message }: Told,
): string {
  if (!ofValue({ code })) return `${name}: ${message}`;
  const lacks = `${name} ${key === undefined ? 'is no usable JSON object' : `has no usable ${key}`}`;
  return labels.includes(names.previous)
    ? `Nothing to do: ${lacks}, so keyturn rollback cannot go back to it.`
    : `${lacks}, so it cannot become current.`;
}
