import type { FindingCode } from '../finding-codes.ts';

/** Which policy refused, by what AWS says of it. */
export interface Denial {
  readonly code: FindingCode;
  /** A statement forbids it; otherwise none allows it. */
  readonly explicit: boolean;
  /** What to do about it; `undefined` where the smallest policy that allows it says that. */
  readonly advice: string | undefined;
}

/**
 * AWS's wording: "because no … policy allows", "with an explicit deny in a … policy", and where
 * Secrets Manager may not use the key for the caller "Access to KMS is not allowed".
 */
export function denialIn(message: string): Denial {
  const explicit = /explicit deny/i.test(message);
  const [, code, advice] = kinds.find(([pattern]) => pattern.test(message)) ?? unknown;
  return { code, explicit, advice: explicit && code !== 'DENIED_BY_KMS' ? forbidden : advice };
}

type Kind = readonly [pattern: RegExp, code: FindingCode, advice: string | undefined];

const organization =
  'Ask who looks after the organization: a policy of it (SCP or RCP) must let this action through.';

const kinds: readonly Kind[] = [
  [
    /access to kms|kms:|ciphertext refers to|customer master key|kms key/i,
    'DENIED_BY_KMS',
    undefined,
  ],
  [
    /VPC endpoint policy/i,
    'DENIED_BY_ENDPOINT_POLICY',
    'Let the policy of the VPC endpoint pass it.',
  ],
  [
    /permissions boundary/i,
    'DENIED_BY_BOUNDARY',
    'Add the action to the permissions boundary of the user or role, too.',
  ],
  [/service control policy|resource control policy/i, 'DENIED_BY_ORGANIZATION', organization],
  [
    /session policy/i,
    'DENIED_BY_SESSION_POLICY',
    'The policy given when the role was taken on narrows it: take it on without, or with the action in it.',
  ],
  [/resource-based policy|resource policy/i, 'DENIED_BY_RESOURCE_POLICY', undefined],
  [/identity-based policy/i, 'DENIED_BY_IDENTITY_POLICY', undefined],
];

/** Older services and other accounts say only that it is denied. */
const unknown: Kind = [/$/, 'DENIED', undefined];

const forbidden =
  'Find the statement with "Effect": "Deny" there, and take this caller or this secret out of it.';
