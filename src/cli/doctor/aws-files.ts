import { join } from 'node:path';
import { fileText, isPipe } from './file-text.ts';
import type { Surroundings } from './surroundings.ts';

/** One profile of ~/.aws/config and ~/.aws/credentials. */
export interface Profile {
  readonly region?: string | undefined;
  /** The profile with whose credentials this one takes on its role. */
  readonly source?: string | undefined;
  /** Names of all settings; their values may be credentials, and are not kept. */
  readonly settings: ReadonlySet<string>;
}

export interface AwsFiles {
  readonly profiles: ReadonlyMap<string, Profile>;
  /** Where they are, for messages. */
  readonly paths: readonly string[];
  /** Those that would keep every client waiting, since nobody writes to them. */
  readonly pipes: readonly string[];
}

/** Reads the names in both files; one that cannot be read counts as empty, as it does for the SDK. */
export async function readAwsFiles({ env, home }: Surroundings): Promise<AwsFiles> {
  const config = env['AWS_CONFIG_FILE'] ?? join(home, '.aws', 'config');
  const credentials = env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(home, '.aws', 'credentials');
  const profiles = new Map<string, Profile>();
  for (const { name, settings } of sectionsIn(await fileText(config))) {
    const profile = /^profile\s+(.+)$/.exec(name)?.[1] ?? (name === 'default' ? name : undefined);
    if (profile) add(profiles, unquoted(profile), settings);
  }
  for (const { name, settings } of sectionsIn(await fileText(credentials))) {
    add(profiles, name, settings);
  }
  const paths = [config, credentials];
  const arePipes = await Promise.all(paths.map(isPipe));
  return { profiles, paths, pipes: paths.filter((_, index) => arePipes[index]) };
}

function add(
  profiles: Map<string, Profile>,
  name: string,
  settings: ReadonlyMap<string, string>,
): void {
  const known = profiles.get(name);
  profiles.set(name, {
    region: settings.get('region') ?? known?.region,
    source: settings.get('source_profile') ?? known?.source,
    settings: new Set([...(known?.settings ?? []), ...settings.keys()]),
  });
}

interface Section {
  readonly name: string;
  readonly settings: ReadonlyMap<string, string>;
}

function sectionsIn(text: string): readonly Section[] {
  const sections: { name: string; settings: Map<string, string> }[] = [];
  for (const line of text.split(/\r?\n/)) {
    const name = /^\s*\[\s*([^\]]+?)\s*\]/.exec(line)?.[1];
    if (name !== undefined) sections.push({ name, settings: new Map() });
    // What is indented belongs to the setting above it.
    const [, key = '', value = ''] = /^([\w.-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== '' && value !== '') sections.at(-1)?.settings.set(key.toLowerCase(), value);
  }
  return sections;
}

const unquoted = (name: string) => name.replace(/^(["'])(.*)\1$/, '$2');
