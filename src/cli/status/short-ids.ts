const shortest = 8;

/** The beginnings of version ids, as long as it takes to tell them apart. */
export function shortIds(versionIds: readonly string[]): (versionId: string) => string {
  const ids = [...new Set(versionIds)];
  const longest = Math.max(shortest, ...ids.map(({ length }) => length));
  let length = shortest;
  while (length < longest && new Set(ids.map((id) => id.slice(0, length))).size < ids.length) {
    length += 1;
  }
  return (versionId) => versionId.slice(0, length);
}
