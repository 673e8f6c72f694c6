/** Does the work for all items, so many at a time; answers in their order. */
export async function inParallel<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results = new Map<number, R>();
  const queue = items.entries();
  const takeFromQueue = async () => {
    for (const [index, item] of queue) results.set(index, await work(item));
  };
  await Promise.all(Array.from({ length: atOnce }, takeFromQueue));
  return [...results].toSorted(([a], [b]) => a - b).map(([, result]) => result);
}
