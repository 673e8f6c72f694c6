/** How often, and when to stop. */
export interface Rounds {
  readonly count: number;
  readonly signal: AbortSignal;
}

/**
 * Measures every subject once in each round, in another order each time, so that whatever else the
 * machine does hits all alike. Answers what each came to, in the order of the subjects.
 */
export async function inRounds<Subject, Result>(
  subjects: readonly Subject[],
  { count, signal }: Rounds,
  measure: (subject: Subject) => Promise<Result>,
): Promise<readonly { readonly subject: Subject; readonly results: readonly Result[] }[]> {
  const measured = subjects.map((subject) => ({ subject, results: new Array<Result>() }));
  for (let n = 0; n < count; n += 1) {
    for (const { subject, results } of shuffled(measured)) {
      signal.throwIfAborted();
      results.push(await measure(subject));
    }
  }
  return measured;
}

const shuffled = <T>(list: readonly T[]): readonly T[] =>
  list
    .map((item) => ({ item, place: Math.random() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ item }) => item);
