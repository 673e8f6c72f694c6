import { localAccount } from '../aws-service.ts';

/** Whoever calls, and what its own policies say. A role is one. */
export interface Identity {
  readonly arn: string;
  readonly policies: readonly NamedPolicy[];
}

export interface NamedPolicy {
  readonly name: string;
  readonly document: unknown;
}

const administrator: readonly NamedPolicy[] = [
  {
    name: 'administrator',
    document: {
      Version: '2012-10-17',
      Statement: [{ Sid: 'Everything', Effect: 'Allow', Action: '*', Resource: '*' }],
    },
  },
];

/** May do everything that the policies on resources leave to it. */
export const unrestricted = ({ arn }: Pick<Identity, 'arn'>): Identity => ({
  arn,
  policies: administrator,
});

export const isUnrestricted = ({ policies }: Identity): boolean => policies === administrator;

/** Whose access key is not known to the account: its owner's own user. */
export const owner = unrestricted({ arn: `arn:aws:iam::${localAccount}:user/local` });
