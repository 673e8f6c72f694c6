import type { FetchVersion } from './fetch-version.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Versions as a process finds them in its variables: the current one under the names of the keys, the
 * previous one, where `keyturn exec --previous` put it, under `NAME_PREVIOUS`.
 */
export const fetchFromEnvironment =
  (env: Environment, keys: readonly string[]): FetchVersion =>
  async (stage) => {
    if (stage === 'AWSPENDING') return undefined;
    const ending = stage === 'AWSPREVIOUS' ? '_PREVIOUS' : '';
    const found = keys.flatMap((key) => entryOf(key, env[key + ending]));
    const fallbacks = keys.flatMap((key) => {
      const name = `${key}_FALLBACKS`;
      return listOf(name, env[name + ending]);
    });
    if (stage === 'AWSPREVIOUS' && found.length === 0) return undefined;
    return {
      versionId: '',
      createdAt: undefined,
      labels: [stage],
      document: Object.fromEntries([...found, ...fallbacks]),
    };
  };

/** An empty variable is as good as none. */
const entryOf = (name: string, text: string | undefined): [string, unknown][] =>
  text ? [[name, text]] : [];

/** A list is written in JSON, as `keyturn exec` does. */
function listOf(name: string, text: string | undefined): [string, unknown][] {
  try {
    const list: unknown = JSON.parse(text ?? '');
    return Array.isArray(list) ? [[name, list]] : [];
  } catch {
    return [];
  }
}
