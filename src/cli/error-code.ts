/** The code of an error of the system, such as ENOENT; never its message, which quotes paths. */
export const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
