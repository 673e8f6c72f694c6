import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, type BuiltModule } from '../../scripts/build.ts';

export interface Bundled extends AsyncDisposable {
  readonly directory: string;
  readonly modules: readonly BuiltModule[];
}

/** The functions, built where no `node_modules` is near: what is missing in the bundle fails. */
export async function bundled(): Promise<Bundled> {
  const directory = await mkdtemp(join(tmpdir(), 'keyturn-bundle-'));
  const remove = async () => rm(directory, { recursive: true, force: true });
  return { directory, modules: await bundle(directory), [Symbol.asyncDispose]: remove };
}
