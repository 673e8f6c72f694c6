import { type DeniedBy, deniedBy } from '../../../aws/denied-by.ts';
import type { FindingCode } from '../finding-codes.ts';

/** Which policy refused, by what AWS says of it. */
export interface Denial {
  readonly code: FindingCode;
  /** A statement forbids it; otherwise none allows it. */
  readonly explicit: boolean;
  /** What to do about it; `undefined` where the smallest policy that allows it says that. */
  readonly advice: string | undefined;
}

export function denialIn(message: string): Denial {
  const { by, explicit } = deniedBy(message);
  const [code, advice] = kinds[by];
  if (!explicit) return { code, explicit, advice };
  return { code, explicit, advice: by === 'kms' ? keyForbidden : forbidden };
}

type Kind = readonly [code: FindingCode, advice: string | undefined];

/** Older services and other accounts say only that it is denied, and not by what. */
const kinds: Readonly<Record<DeniedBy, Kind>> = {
  kms: ['DENIED_BY_KMS', undefined],
  endpoint: ['DENIED_BY_ENDPOINT_POLICY', 'Let the policy of the VPC endpoint pass it.'],
  boundary: [
    'DENIED_BY_BOUNDARY',
    'Add the action to the permissions boundary of the user or role, too.',
  ],
  organization: [
    'DENIED_BY_ORGANIZATION',
    'Ask who looks after the organization: a policy of it (SCP or RCP) must let this action through.',
  ],
  session: [
    'DENIED_BY_SESSION_POLICY',
    'The policy given when the role was taken on narrows it: take it on without, or with the action in it.',
  ],
  resource: ['DENIED_BY_RESOURCE_POLICY', undefined],
  identity: ['DENIED_BY_IDENTITY_POLICY', undefined],
  unknown: ['DENIED', undefined],
};

const forbidden =
  'Find the statement with "Effect": "Deny" there, and take this caller or this secret out of it.';

const keyForbidden =
  'A statement with "Effect": "Deny" forbids kms:Decrypt, and nothing that allows it helps. Find it, in ' +
  "the key's own policy (aws kms get-key-policy) or where AWS says, and take this caller out of it.";
