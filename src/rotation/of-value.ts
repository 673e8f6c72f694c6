/** Whether somebody stored something that no rotation could start from; else it could not be read. */
export const ofValue = (problem: { readonly code: string } | undefined): boolean =>
  problem !== undefined && ofValues.has(problem.code);

const ofValues: ReadonlySet<string> = new Set([
  'KEY_MISSING',
  'KEY_NOT_TEXT',
  'KEY_UNUSABLE',
  'SECRET_DUPLICATE_KEY',
  'SECRET_NOT_JSON_OBJECT',
]);
