import { existsSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../failure.ts';
import { assertFits, type Deployment } from './deployment.ts';
import { readIfThere } from './read-if-there.ts';
import { rotationFile } from './rotation-file.ts';
import { samConfig, samConfigName } from './samconfig.ts';

/** A file as it is to be. */
export interface PlannedFile {
  readonly name: string;
  readonly text: string;
  /** What it holds now; `undefined` where it is not there. */
  readonly before: string | undefined;
}

/** The files of a deployment, and how one goes on with them. */
export interface DeploymentFiles {
  readonly folder: string;
  readonly files: readonly PlannedFile[];
  /** The commands that come next. */
  readonly next: string;
}

const rotationName = 'rotation.config.ts';
const besideName = 'rotation.config.new.ts';

/** Whether a folder is a copy of Keyturn, which a stack can be deployed from. */
export const isDeployable = (folder: string): boolean =>
  ['template.yaml', 'src/rotators/configuration.ts'].every((name) =>
    existsSync(path.join(folder, name)),
  );

/**
 * Plans the files without writing any. Throws a Failure where one that is there says otherwise, or
 * where template and configuration would not fit.
 */
export async function planFiles(
  folder: string,
  deployment: Deployment,
  { region, secret }: { readonly region: string; readonly secret: string },
): Promise<DeploymentFiles> {
  assertFits(deployment);
  const before = await readIfThere(folder, samConfigName);
  const { text, table } = samConfig({ deployment, region, before });
  const rotation = await plannedRotation(folder, secret, deployment);
  const beside = rotation?.name === besideName ? `mv ${besideName} ${rotationName} && ` : '';
  return {
    folder,
    files: [{ name: samConfigName, text, before }, ...(rotation ? [rotation] : [])],
    next: `${beside}sam build && sam deploy${table === 'default' ? '' : ` --config-env ${table}`}`,
  };
}

/** A configuration that is there is the owner's: another one is put beside it. */
async function plannedRotation(
  folder: string,
  secret: string,
  { entries }: Deployment,
): Promise<PlannedFile | undefined> {
  if (entries === undefined) return undefined;
  const text = rotationFile(secret, entries);
  const before = await readIfThere(folder, rotationName);
  if (before === undefined || before === text) return { name: rotationName, text, before };
  const beside = await readIfThere(folder, besideName);
  if (beside === undefined || beside === text) return { name: besideName, text, before: beside };
  throw new Failure(
    'FILE_DIFFERS',
    `There are a ${rotationName} and a ${besideName}, and neither says what --rotate does. Both are left as they ` +
      'are, and nothing was created. Move the second one away.',
  );
}
