import type { AwsFiles } from '../aws-files.ts';
import { findingsOf, type Finding } from '../finding.ts';
import type { Surroundings } from '../surroundings.ts';
import { hasCredentials, profileIn, sourcesSetUp } from './credential-sources.ts';
import { lostSource } from './lost-source.ts';

const { fail } = findingsOf('credentials');

/** Why there are no credentials. What a provider says may quote what it read, and is not shown. */
export function credentialFailure(
  error: unknown,
  surroundings: Surroundings,
  files: AwsFiles,
): Finding {
  const { env } = surroundings;
  const profile = profileIn(surroundings);
  const { name, message } = error instanceof Error ? error : { name: '', message: '' };
  if (env['AWS_PROFILE'] !== undefined && !files.profiles.has(profile)) {
    return profileNotFound(profile, files);
  }
  const half = halfSet(env);
  if (half) return half;
  const lost = lostSource(profile, files);
  if (lost) return lost;
  const source = sourcesSetUp(surroundings, files)[0]?.name;
  if (isOver.test(message) || name.startsWith('ExpiredToken')) return sessionOver(source, profile);
  if (name.startsWith('AccessDenied')) return roleRefused(source);
  if (env['AWS_PROFILE'] !== undefined && !hasCredentials(files, profile)) {
    return emptyProfile(profile);
  }
  return source === undefined ? none(files) : failed(source, name);
}

/** The SDK's providers have no names for it. */
const isOver = /expired|session .*invalid|not found or is invalid|re-?authenticate/i;

const failed = (source: string, name: string) =>
  fail('CREDENTIALS_FAILED', {
    message: `They are to come from ${source}, and could not be had (${name || 'unknown'}).`,
    fix: 'Try "aws sts get-caller-identity" with the same settings, which says more of them.',
  });

/** The CLI and boto3 refuse to start with such a name; the SDK for JavaScript looks elsewhere. */
export function profileNotFound(profile: string, { profiles, paths }: AwsFiles): Finding {
  const known = [...profiles.keys()];
  return fail('PROFILE_NOT_FOUND', {
    message:
      `AWS_PROFILE names the profile ${profile}, which is in neither ${paths.join(' nor ')}. ` +
      (known.length > 0 ? `There are: ${known.join(', ')}.` : 'There are no profiles at all.'),
    fix: 'Set AWS_PROFILE to one of those, or unset it.',
  });
}

/** One of two variables, or a temporary key without its token; `undefined` where neither is. */
export function halfSet(env: Surroundings['env'], isUsed = true): Finding | undefined {
  const [id, secret] = [env['AWS_ACCESS_KEY_ID'], env['AWS_SECRET_ACCESS_KEY']];
  const missing =
    id && !secret ? 'AWS_SECRET_ACCESS_KEY' : !id && secret ? 'AWS_ACCESS_KEY_ID' : '';
  if (missing !== '') {
    const problem = {
      message: `${missing} is not set, and the other half of that pair is.`,
      fix: 'Set both variables, or neither.',
    };
    const { warn } = findingsOf('credentials');
    return isUsed
      ? fail('CREDENTIALS_INCOMPLETE', problem)
      : warn('CREDENTIALS_INCOMPLETE', problem);
  }
  return undefined;
}

/** The SDK reads both files first of all, and a pipe's reader waits for a writer. */
export const pipes = (paths: readonly string[]) =>
  fail('CREDENTIALS_FAILED', {
    message: `${paths.join(' and ')} is no file, but a pipe, and every client of AWS's may wait for it for ever.`,
    fix: 'Put a file there, or name another in AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE.',
  });

const sessionOver = (source = 'the credentials', profile: string) =>
  fail('CREDENTIALS_EXPIRED', {
    message: `The session of ${source} has ended, or none was begun.`,
    fix: `Sign in again: aws sso login --profile ${profile} (or aws login, if that made it).`,
  });

/** The date is the program's own. */
export const programExpired = (surroundings: Surroundings) =>
  fail('CREDENTIALS_EXPIRED', {
    message: `The credential_process of the profile ${profileIn(surroundings)} gave credentials that had ended.`,
    fix: 'Sign in again with the tool that it calls.',
  });

const roleRefused = (source = 'the settings here') =>
  fail('ROLE_NOT_ASSUMABLE', {
    message: `The role of ${source} may not be taken on.`,
    fix:
      "Look at the role's trust policy, and whether what it is taken on with may call sts:AssumeRole on " +
      'that role.',
  });

const emptyProfile = (profile: string) =>
  fail('PROFILE_WITHOUT_CREDENTIALS', {
    message: `The profile ${profile} is there, and nothing in it makes credentials.`,
    fix: `Give it some (aws configure --profile ${profile}, or aws configure sso), or name another.`,
  });

const none = ({ paths }: AwsFiles) =>
  fail('NO_CREDENTIALS', {
    message:
      `There are no credentials: not in the environment, not in ${paths.join(' or ')}, and no role of a ` +
      'container or an instance.',
    fix:
      'Sign in (aws sso login, aws configure), name a profile in AWS_PROFILE, or give the instance, task ' +
      'or function a role.',
  });
