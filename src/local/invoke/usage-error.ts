/** Something the caller can put right: which file, which stack. The message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
