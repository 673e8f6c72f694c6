import type { AwsFiles } from '../aws-files.ts';
import type { Surroundings } from '../surroundings.ts';

/** Where credentials could come from, in the order in which the SDK for JavaScript looks. */
export interface CredentialSource {
  readonly kind: 'environment' | 'profile' | 'web identity' | 'container';
  /** For messages: names of variables and profiles. */
  readonly name: string;
}

/** Settings of a profile that make credentials. */
const making = [
  'aws_access_key_id',
  'credential_process',
  'login_session',
  'role_arn',
  'sso_account_id',
  'sso_session',
  'web_identity_token_file',
];

/** The profile that is in use, by name. */
export const profileIn = ({ env }: Surroundings): string => env['AWS_PROFILE'] ?? 'default';

export function hasCredentials({ profiles }: AwsFiles, name: string): boolean {
  const { settings } = profiles.get(name) ?? {};
  return making.some((setting) => settings?.has(setting));
}

/** Those that are set up, apart from the metadata of an instance, which has to be asked. */
export function sourcesSetUp(
  surroundings: Surroundings,
  files: AwsFiles,
): readonly CredentialSource[] {
  const { env } = surroundings;
  const profile = profileIn(surroundings);
  const sources: readonly (readonly [boolean, CredentialSource])[] = [
    [
      Boolean(env['AWS_ACCESS_KEY_ID'] && env['AWS_SECRET_ACCESS_KEY']),
      {
        kind: 'environment',
        name: 'the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
      },
    ],
    [hasCredentials(files, profile), { kind: 'profile', name: `the profile ${profile}` }],
    [
      Boolean(env['AWS_WEB_IDENTITY_TOKEN_FILE'] && env['AWS_ROLE_ARN']),
      { kind: 'web identity', name: 'the role and token of AWS_WEB_IDENTITY_TOKEN_FILE' },
    ],
    [
      Boolean(
        env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] ?? env['AWS_CONTAINER_CREDENTIALS_FULL_URI'],
      ),
      { kind: 'container', name: "the container's own role" },
    ],
  ];
  return sources.flatMap(([isSetUp, source]) => (isSetUp ? [source] : []));
}

/** What the SDK notes on credentials about where it took them from, and what to call that. */
const origins: readonly (readonly [
  note: RegExp,
  kind: CredentialSource['kind'] | 'instance',
  how: string,
])[] = [
  [/^CREDENTIALS_ENV_VARS$/, 'environment', ''],
  [
    /^CREDENTIALS_ENV_VARS_STS_WEB_ID_TOKEN$|^CREDENTIALS_STS_ASSUME_ROLE_WEB_ID$/,
    'web identity',
    '',
  ],
  [/^CREDENTIALS_HTTP$/, 'container', ''],
  [/^CREDENTIALS_IMDS$/, 'instance', ''],
  [/SSO/, 'profile', ' by IAM Identity Center'],
  [/LOGIN/, 'profile', ' by aws login'],
  [/PROCESS/, 'profile', ' by its credential_process'],
  [/STS_ASSUME_ROLE|SOURCE_PROFILE|NAMED_PROVIDER/, 'profile', ' by taking on its role'],
  [/^CREDENTIALS_PROFILE/, 'profile', ''],
];

export interface Origin {
  readonly kind: CredentialSource['kind'] | 'instance' | 'unknown';
  readonly how: string;
}

/** A profile's notes come before others: a role it takes on is noted, too. */
export function originOf(notes: readonly string[]): Origin {
  const isOfProfile = notes.some((note) => note.startsWith('CREDENTIALS_PROFILE'));
  for (const [pattern, kind, how] of origins) {
    if (isOfProfile && kind !== 'profile') continue;
    if (notes.some((note) => pattern.test(note))) return { kind, how };
  }
  return { kind: 'unknown', how: '' };
}
