import type { BuiltModule } from '../scripts/build.ts';

/** The modules that an entry, such as `rotate-secret.mjs`, loads before it can be called. */
export const atStart = (modules: readonly BuiltModule[], entry: string) =>
  reached(modules, entry, ({ imports }) => imports);

/** All that it may ever load. */
export const ever = (modules: readonly BuiltModule[], entry: string) =>
  reached(modules, entry, ({ imports, dynamicImports }) => [...imports, ...dynamicImports]);

export const bytesOf = (modules: readonly BuiltModule[]): number =>
  modules.reduce((sum, { bytes }) => sum + bytes, 0);

function reached(
  modules: readonly BuiltModule[],
  entry: string,
  next: (module: BuiltModule) => readonly string[],
): readonly BuiltModule[] {
  const byFile = new Map(modules.map((module) => [module.file, module]));
  const files = new Set([entry]);
  for (const file of files) {
    const module = byFile.get(file);
    for (const imported of module ? next(module) : []) files.add(imported);
  }
  // What no module of ours is called is Node's own.
  return [...files].flatMap((file) => byFile.get(file) ?? []);
}
