import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { SecretDocument } from '../../../rotation/secret-document.ts';
import { fileText } from '../file-text.ts';
import { findingsOf, type Finding } from '../finding.ts';
import type { Surroundings } from '../surroundings.ts';

const { ok, warn } = findingsOf('environment');

/** Settings beside the secret that an application may take in its place. Names only. */
export async function examineEnvironment(
  document: SecretDocument,
  { env, folder }: Surroundings,
): Promise<readonly Finding[]> {
  const own = differing(document, env);
  const files = await Promise.all(envFiles.map((name) => differingIn(document, folder, name)));
  const findings = [...(own.length > 0 ? [inEnvironment(own)] : []), ...files.flat()];
  return findings.length > 0 ? findings : [ok('Nothing here has other values for its keys.')];
}

const envFiles = ['.env', '.env.local', '.env.production', '.env.production.local'];

type Variables = Readonly<Record<string, string | undefined>>;

/** Keys that are set to something else. */
const differing = (document: SecretDocument, variables: Variables) =>
  document.keys.filter((key) => {
    const here = Object.hasOwn(variables, key) ? variables[key] : undefined;
    const value = document.get(key);
    return (
      here !== undefined && here !== (typeof value === 'string' ? value : document.source(key))
    );
  });

async function differingIn(
  document: SecretDocument,
  folder: string,
  name: string,
): Promise<readonly Finding[]> {
  const keys = differing(document, await variablesIn(join(folder, name)));
  return keys.length > 0 ? [inFile(name, keys)] : [];
}

const variablesIn = async (path: string): Promise<Variables> => parseEnv(await fileText(path));

const inEnvironment = (keys: readonly string[]) =>
  warn('ENVIRONMENT_DIFFERS', {
    message: `Set in the environment here, to something else than in the secret: ${keys.join(', ')}.`,
    fix:
      'An application that does not take its settings from the secret works with those. Unset them where ' +
      'it runs, or see docs/application.md on what overrides what.',
  });

const inFile = (name: string, keys: readonly string[]) =>
  warn('ENV_FILE_DIFFERS', {
    message: `${name} in this folder has other values than the secret for ${keys.join(', ')}.`,
    fix: 'Whatever loads that file works with those. Take them out of it.',
  });
