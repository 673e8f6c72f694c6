import { diagnose } from '../../../src/rotation/diagnose.ts';
import type {
  InspectedCredential,
  InspectedKey,
  InspectedVersion,
  Sight,
} from '../../../src/rotation/inspection.ts';

export type Verdict = InspectedCredential['verdict'];

/** Noon of a day in June. */
export const day = (date: number) => `2026-06-${String(date).padStart(2, '0')}T12:00:00.000Z`;

/** The versions a secret may have, by what became of them. */
export const current: InspectedVersion = {
  versionId: 'current',
  labels: ['AWSCURRENT', 'KEYTURN_MADE'],
  createdAt: day(2),
};
export const byHand: InspectedVersion = { ...current, labels: ['AWSCURRENT'] };
export const previous: InspectedVersion = {
  versionId: 'previous',
  labels: ['AWSPREVIOUS'],
  createdAt: day(1),
};
export const pending: InspectedVersion = {
  versionId: 'pending',
  labels: ['AWSPENDING', 'KEYTURN_MADE'],
  createdAt: day(3),
};
export const empty: InspectedVersion = { versionId: 'pending', labels: ['AWSPENDING'] };
/** The version after its key A was called compromised. */
export const markedBy = (version: InspectedVersion): InspectedVersion => ({
  ...version,
  labels: [...version.labels, 'KEYTURN_COMPROMISED_A'],
});
export const abandoned: InspectedVersion = {
  versionId: 'abandoned',
  labels: ['KEYTURN_MADE'],
  createdAt: day(3),
};

/** A key by what its system says of each version; `failed` where it cannot be asked. */
export const keyOf = (
  key: string,
  verdicts: Readonly<Record<string, Verdict>>,
  more: Partial<InspectedKey> = {},
): InspectedKey => ({
  key,
  rotator: 'of-the-test',
  changes: [key],
  optional: [],
  reads: [],
  switches: false,
  administered: false,
  madeByProvider: false,
  credentials: Object.entries(verdicts).map(([versionId, verdict]) => ({
    versionId,
    verdict,
    ...(verdict === 'failed' && {
      problem: { code: 'UNREACHABLE' as const, key, message: 'No answer came.' },
    }),
  })),
  ...more,
});

/** More about a key: one that holds a single credential, and one that an administrator can set. */
export const single = { switches: true };
export const byAdmin = { switches: true, administered: true };

/** All that was seen, on the fourth of June. */
export const look = (
  versions: readonly InspectedVersion[],
  keys: readonly InspectedKey[],
  at = day(4),
): Sight => ({
  secret: 'arn',
  name: 'shop/production',
  at,
  rotationEnabled: true,
  versions,
  keys,
  derived: [],
});

/** The way that is proposed, its keys and its version, in one line. */
export const waysOut = (
  versions: readonly InspectedVersion[],
  ...keys: readonly InspectedKey[]
) => {
  const { way, keys: about, version } = diagnose(look(versions, keys));
  return [way, about.join(' '), version].filter(Boolean).join(' ');
};

/** A key whose credentials all work, in every version. */
export const works = keyOf('SIGNING_KEY', {
  current: 'accepted',
  previous: 'accepted',
  pending: 'accepted',
  abandoned: 'accepted',
});
