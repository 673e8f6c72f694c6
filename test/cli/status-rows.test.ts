import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { SecretStatus } from '../../src/cli/status/secret-status.ts';
import { textOf } from '../../src/cli/status/show.ts';
import { inOrder, keysInOrder } from '../../src/cli/status/versions.ts';

const now = new Date('2026-06-15T12:00:00Z');
const inSeconds = (seconds: number) => new Date(now.getTime() + seconds * 1_000).toISOString();

type Key = SecretStatus['keys'][number];

const token: Key = {
  key: 'TWILIO_AUTH_TOKEN',
  rotator: 'twilio-auth-token',
  changes: ['TWILIO_AUTH_TOKEN'],
  credentials: [
    { versionId: 'one', verdict: 'accepted' },
    { versionId: 'two', verdict: 'accepted' },
  ],
};

function shown(
  key: Partial<Key>,
  labels: readonly string[] = [],
  problem?: SecretStatus['versions'][number]['problem'],
): string {
  const status: SecretStatus = {
    secret: 'shop',
    name: 'shop',
    state: 'works',
    findings: [],
    versions: [
      { versionId: 'one', labels: ['AWSCURRENT'] },
      { versionId: 'two', labels: ['AWSPREVIOUS', ...labels], problem },
    ],
    keys: [{ ...token, ...key }],
  };
  const text = textOf({ statuses: [status], verbose: false }, now);
  return stripVTControlCharacters(text).replaceAll(/\s+/g, ' ');
}

const rejected: Key['credentials'] = [
  { versionId: 'one', verdict: 'accepted' },
  { versionId: 'two', verdict: 'rejected' },
];

describe('beside what is previous, and beside nothing else, stands', () => {
  test.each<[string, Partial<Key>, readonly string[], string]>([
    ['when it ends', { supersededUntil: inSeconds(55) }, [], 'accepted │ in 55 seconds'],
    ['that it is due', { supersededUntil: inSeconds(-5) }, [], 'accepted │ due, not ended yet'],
    ['that it ended', { credentials: rejected }, ['KEYTURN_RETIRED'], 'rejected │ ended'],
    ['nothing where it does not end', {}, [], 'accepted │'],
    ['that a mark is on it', {}, ['KEYTURN_COMPROMISED_TWILIO_AUTH_TOKEN'], 'compromised │'],
    ['no mark of another key', {}, ['KEYTURN_COMPROMISED_OTHER'], 'accepted │'],
  ])('%s', (_what, key, labels, row) => {
    const text = shown(key, labels);

    expect(text).toContain('TWILIO_AUTH_TOKEN │ current │ accepted │ │');
    expect(text).toContain(`previous │ ${row}`);
  });
});

test('what is wrong with a previous version asks nothing of a person', () => {
  const problem = { code: 'SECRET_NOT_JSON_OBJECT', message: 'Store it as one, and rotate again.' };

  const text = shown({}, [], problem);

  expect(text).toContain(
    'Nothing to do: two is no usable JSON object, so keyturn rollback cannot go back to it. [SECRET_NOT_JSON_OBJECT]',
  );
  expect(text).not.toContain('rotate again');
});

test('versions and credentials come in the order of their labels', () => {
  const versions = inOrder([
    { versionId: 'made', labels: ['KEYTURN_MADE'] },
    { versionId: 'two', labels: ['AWSPREVIOUS'] },
    { versionId: 'three', labels: ['AWSPENDING'] },
    { versionId: 'one', labels: ['KEYTURN_CHECKED', 'AWSCURRENT'] },
  ]);
  const credentials = ['two', 'three', 'one'].map((versionId) => ({
    versionId,
    verdict: 'accepted' as const,
  }));

  const [key] = keysInOrder([{ ...token, credentials }], versions);

  expect(versions.map(({ versionId }) => versionId)).toEqual(['one', 'three', 'two', 'made']);
  expect(key?.credentials.map(({ versionId }) => versionId)).toEqual(['one', 'three', 'two']);
});
