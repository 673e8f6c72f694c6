/** How many worlds of one process run at a time: most of a world's time is waiting for logins. */
const width = 6;

/** Does work for each item, several at a time. */
export async function sideBySide<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const lane = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: width }, lane));
}
