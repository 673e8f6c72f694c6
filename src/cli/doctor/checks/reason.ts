/** Why a call to AWS failed, in words that hold no value; for use inside of a sentence. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it failed';
  if (error.name.startsWith('AccessDenied')) return `access is denied (${error.name})`;
  const code: unknown = 'code' in error ? error.code : undefined;
  if (typeof code === 'string' && /^[A-Z][A-Z_]+$/.test(code)) return `no answer came (${code})`;
  return /^[A-Za-z.]{3,80}$/.test(error.name) ? `it failed (${error.name})` : 'it failed';
}

export const isNotFound = (error: unknown): boolean =>
  error instanceof Error && /^(ResourceNotFound|NotFound)(Exception)?$/.test(error.name);

export const isDenied = (error: unknown): boolean =>
  error instanceof Error && error.name.startsWith('AccessDenied');
