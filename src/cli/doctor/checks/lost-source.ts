import type { AwsFiles } from '../aws-files.ts';
import { findingsOf, type Finding } from '../finding.ts';

const { fail } = findingsOf('credentials');

/** A profile that the chain of `source_profile` leads to, and that is not there. */
export function lostSource(profile: string, files: AwsFiles): Finding | undefined {
  const passed = new Set<string>();
  let name = profile;
  while (!passed.has(name)) {
    passed.add(name);
    const source = files.profiles.get(name)?.source;
    if (source === undefined) return undefined;
    if (!files.profiles.has(source)) return sourceNotFound(name, source, files);
    name = source;
  }
  return undefined;
}

const sourceNotFound = (profile: string, source: string, { profiles, paths }: AwsFiles) =>
  fail('PROFILE_NOT_FOUND', {
    message:
      `source_profile of the profile ${profile} names ${source}, which is in neither ` +
      `${paths.join(' nor ')}. There are: ${[...profiles.keys()].join(', ')}.`,
    fix: `Correct source_profile in ${profile}, or add the profile ${source}.`,
  });
