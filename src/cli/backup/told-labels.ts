/** Labels that mean something to a person: Keyturn's own are told to programs alone. */
export const toldOf = (labels: readonly string[]): readonly string[] =>
  labels.filter((label) => !label.startsWith('KEYTURN_'));
