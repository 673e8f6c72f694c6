import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { within } from '../../../app/within.ts';
import type { AwsFiles } from '../aws-files.ts';
import { type Caller, patient } from '../clients.ts';
import { type Examined, findingsOf, type Finding } from '../finding.ts';
import type { Surroundings } from '../surroundings.ts';
import {
  credentialFailure,
  halfSet,
  profileNotFound,
  programExpired,
} from './credential-failure.ts';
import { type Origin, originOf, profileIn, sourcesSetUp } from './credential-sources.ts';

export type Credentials = Caller['credentials'];

const { ok, warn, fail } = findingsOf('credentials');

/** Which credentials every client would take here, what they hide, and whether they still hold. */
export async function examineCredentials(
  surroundings: Surroundings,
  files: AwsFiles,
): Promise<Examined<Credentials>> {
  const heard = { expired: false };
  try {
    const { resolved, origin } = await resolve(heard);
    const findings = [
      ...lifetime(resolved, surroundings),
      ...whereFrom(resolved.accessKeyId, origin, { surroundings, files }),
      ...ignored(surroundings, files),
    ];
    const isUsable = findings.every(({ status }) => status !== 'fail');
    return { findings, found: isUsable ? resolved : undefined };
  } catch (error) {
    const found = heard.expired ? programExpired(surroundings) : undefined;
    return { findings: [found ?? credentialFailure(error, surroundings, files)] };
  }
}

/** A region is needed to look for credentials in some places, and matters to none of them. */
async function resolve(heard: { expired: boolean }) {
  const logger = { ...patient.logger, debug: listen };
  const client = new SecretsManagerClient({ ...patient, logger, region: 'us-east-1' });
  try {
    const resolved = await within(20_000, () => client.config.credentials());
    return { resolved, origin: originOf(notesOn(resolved)) };
  } finally {
    client.destroy();
  }

  /** Why one source has none, the SDK says here alone; it may quote, and is not kept. */
  function listen(said: unknown): void {
    if (/credential_process returned expired/.test(String(said))) heard.expired = true;
  }
}

/** The SDK keeps them beside what its types tell. */
const notesOn = (resolved: object): readonly string[] =>
  '$source' in resolved ? Object.keys(Object(resolved.$source)) : [];

interface Resolved {
  readonly accessKeyId: string;
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
}

/** Minutes before their end at which a rotation or a look around may no longer fit in. */
const soonMs = 15 * 60_000;

function lifetime(resolved: Resolved, { now }: Surroundings): readonly Finding[] {
  const { accessKeyId, sessionToken, expiration } = resolved;
  if (accessKeyId.startsWith('ASIA') && !sessionToken) return [withoutToken()];
  if (!expiration) return [];
  const leftMs = expiration.getTime() - now().getTime();
  const at = expiration.toISOString();
  if (leftMs <= 0) {
    const message = `The credentials ended at ${at}.`;
    return [fail('CREDENTIALS_EXPIRED', { message, fix: 'Sign in again.' })];
  }
  if (leftMs > soonMs) return [];
  const message = `The credentials end at ${at}, in ${Math.ceil(leftMs / 60_000)} min.`;
  const fix = 'Sign in again before anything long, where nothing renews them by itself.';
  return [warn('CREDENTIALS_EXPIRE_SOON', { message, fix })];
}

function whereFrom(
  accessKeyId: string,
  { kind, how }: Origin,
  { surroundings, files }: { readonly surroundings: Surroundings; readonly files: AwsFiles },
): readonly Finding[] {
  const sources = sourcesSetUp(surroundings, files);
  const used = sources.find((source) => source.kind === kind)?.name ?? unlisted(kind);
  const key = `access key …${accessKeyId.slice(-4)}`;
  const hidden = sources
    .filter((source) => source.kind !== kind)
    // A profile that nobody asked for stands by on most machines.
    .filter((source) => source.kind !== 'profile' || surroundings.env['AWS_PROFILE']);
  const said = ok(`They come from ${used}${how} (${key}).`);
  if (hidden.length === 0) return [said];
  return [said, shadowed(used, hidden.map(({ name }) => name).join(', and '))];
}

const unlisted = (kind: Origin['kind']) =>
  kind === 'instance' ? "the role of this machine's instance" : 'a place the SDK does not name';

function ignored(surroundings: Surroundings, files: AwsFiles): readonly Finding[] {
  const { env } = surroundings;
  const profile = profileIn(surroundings);
  const half = halfSet(env, false);
  const named = env['AWS_DEFAULT_PROFILE'];
  return [
    ...(env['AWS_PROFILE'] && !files.profiles.has(profile)
      ? [profileNotFound(profile, files)]
      : []),
    ...(half ? [half] : []),
    ...(named && !env['AWS_PROFILE'] ? [defaultProfile(named)] : []),
  ];
}

const shadowed = (used: string, hidden: string) =>
  warn('CREDENTIALS_SHADOWED', {
    message: `Set up as well, and not used: ${hidden}. Here ${used} came first.`,
    fix:
      'Leave one of them. The AWS CLI and boto3 take the variables before AWS_PROFILE, and the SDK for ' +
      'JavaScript takes AWS_PROFILE before the variables.',
  });

const defaultProfile = (named: string) =>
  warn('PROFILE_IGNORED', {
    message: `AWS_DEFAULT_PROFILE names ${named}, and the SDK for JavaScript does not read that variable.`,
    fix: 'Set AWS_PROFILE instead.',
  });

const withoutToken = () =>
  fail('CREDENTIALS_INCOMPLETE', {
    message: 'The access key is a temporary one, and its session token is missing.',
    fix: 'Set AWS_SESSION_TOKEN, too, or sign in again.',
  });
