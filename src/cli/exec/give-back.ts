/**
 * Makes standard streams as they were before Node opened them, for a program that gets them too:
 * Node sets pipes to non-blocking, and it opens all three as soon as a module imports it. There is
 * no other way to set that back; where it should fall away, a test tells.
 */
export function giveBack(streams: readonly (NodeJS.ReadStream | NodeJS.WriteStream)[]): void {
  for (const stream of streams) {
    const handle: unknown = Reflect.get(stream, '_handle');
    if (!(handle instanceof Object && 'setBlocking' in handle)) continue;
    if (typeof handle.setBlocking === 'function') handle.setBlocking(true);
  }
}
