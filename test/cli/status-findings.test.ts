import { describe, expect, test } from 'vitest';
import type { DescribedSecret } from '../../src/cli/described-secret.ts';
import type { InspectionAnswer } from '../../src/cli/inspection.ts';
import { findingsOf } from '../../src/cli/status/findings.ts';

const now = new Date('2026-06-15T12:00:00Z');
const before = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const dayMinutes = 24 * 60;

const healthy: DescribedSecret = {
  arn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:shop-AbCdEf',
  name: 'shop',
  description: undefined,
  kmsKeyId: undefined,
  tags: [],
  functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:keyturn-rotate',
  rotationEnabled: true,
  rules: { ScheduleExpression: 'rate(30 days)', AutomaticallyAfterDays: 30, Duration: '4h' },
  lastRotatedAt: before(dayMinutes),
  nextRotationAt: before(-29 * dayMinutes),
  lastChangedAt: before(dayMinutes),
  deletedAt: undefined,
  ...labelled({ one: ['AWSCURRENT'], two: ['AWSPREVIOUS'] }),
};

function labelled(labels: Readonly<Record<string, readonly string[]>>) {
  const labelsOf = new Map(Object.entries(labels));
  const versionAt = (label: string) =>
    [...labelsOf].find(([, carried]) => carried.includes(label))?.[0];
  return { labelsOf, versionAt };
}

type Key = InspectionAnswer['keys'][number];

const accepted: Key = {
  key: 'DB_PASSWORD',
  rotator: 'mysql-password',
  changes: ['DB_PASSWORD'],
  optional: [],
  credentials: [
    { versionId: 'one', verdict: 'accepted' },
    { versionId: 'two', verdict: 'accepted' },
  ],
};

function sight({ labelsOf }: Pick<DescribedSecret, 'labelsOf'>, key: Partial<Key> = {}) {
  const inspection: InspectionAnswer = {
    secret: healthy.arn,
    name: healthy.name,
    at: now.toISOString(),
    rotationEnabled: true,
    versions: [...labelsOf].map(([versionId, labels]) => ({
      versionId,
      labels: [...labels],
      createdAt: before(20).toISOString(),
    })),
    keys: [{ ...accepted, ...key }],
  };
  return { inspection, now };
}

const told = (described: DescribedSecret, key: Partial<Key> = {}) =>
  findingsOf(described, sight(described, key)).map(({ finding, level }) => [finding, level]);

const withPending = labelled({ one: ['AWSCURRENT'], two: ['AWSPENDING', 'KEYTURN_MADE'] });
const obstacle = { code: 'INSTANCE_BUSY', message: 'It is being changed.' };

describe('is judged', () => {
  test.each<[string, Partial<DescribedSecret>, Partial<Key>, readonly string[]]>([
    ['healthy: nothing', {}, {}, []],
    [
      'AWSPENDING left beside AWSCURRENT by a rotation that succeeded: nothing',
      labelled({ one: ['AWSCURRENT', 'AWSPENDING', 'KEYTURN_MADE'] }),
      {},
      [],
    ],
    ['no AWSCURRENT', labelled({ two: ['AWSPREVIOUS'] }), {}, ['no-current-version', 'attention']],
    [
      'a date that has passed by more than its window',
      { nextRotationAt: before(5 * 60) },
      {},
      ['rotation-overdue', 'attention'],
    ],
    ['a date that has passed within its window', { nextRotationAt: before(3 * 60) }, {}, []],
    ['rotation that is off', { rotationEnabled: false }, {}, ['rotation-off', 'attention']],
    ['a pending value of a while ago', withPending, {}, ['rotation-under-way', 'note']],
    ['an obstacle', {}, { obstacle }, ['next-rotation-blocked', 'attention']],
    ['a grace that runs', {}, { supersededUntil: before(-1).toISOString() }, []],
    [
      'a grace that is over for some minutes',
      {},
      { supersededUntil: before(10).toISOString() },
      ['retirement-owed', 'note'],
    ],
    [
      'a grace that is over for longer',
      {},
      { supersededUntil: before(40).toISOString() },
      ['retirement-owed', 'attention'],
    ],
    [
      'a grace that is over, of what is dead',
      {},
      {
        supersededUntil: before(40).toISOString(),
        credentials: [
          { versionId: 'one', verdict: 'accepted' },
          { versionId: 'two', verdict: 'rejected' },
        ],
      },
      [],
    ],
    [
      'what was undone a moment ago, and is due at once',
      { lastChangedAt: before(1) },
      { supersededUntil: new Date(0).toISOString() },
      ['retirement-owed', 'note'],
    ],
    [
      'what was undone a day ago',
      {},
      { supersededUntil: new Date(0).toISOString() },
      ['retirement-owed', 'attention'],
    ],
  ])('%s', (_what, described, key, finding) => {
    expect(told({ ...healthy, ...described }, key).flat()).toEqual(finding);
  });

  test('an obstacle that passes, beside a rotation under way: two notes', () => {
    const levels = told({ ...healthy, ...withPending }, { obstacle });

    expect(levels).toEqual([
      ['rotation-under-way', 'note'],
      ['next-rotation-blocked', 'note'],
    ]);
  });

  test('a rejected credential first, and its obstacle not again', () => {
    const credentials: Key['credentials'] = [{ versionId: 'one', verdict: 'rejected' }];
    const levels = told({ ...healthy, rotationEnabled: false }, { credentials, obstacle });

    expect(levels).toEqual([
      ['current-rejected', 'attention'],
      ['rotation-off', 'attention'],
    ]);
  });
});
