/** What to do about a code that the rotation function gave. */
export const explained = (code: string): string =>
  `docs/operating.md#error-codes says what to do about ${code}. Then look with keyturn doctor again.`;
