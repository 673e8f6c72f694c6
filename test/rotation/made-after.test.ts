import { expect, test } from 'vitest';
import { madeAfter } from '../../src/rotation/made-after.ts';
import { SecretDocument } from '../../src/rotation/secret-document.ts';

const since = new Date('2026-01-01T00:00:00Z');
const second = 1_000;

test.each([
  { when: 'later', ms: second, undone: false, after: true },
  { when: 'at the same moment', ms: 0, undone: false, after: false },
  { when: 'at the same moment, and taken back since', ms: 0, undone: true, after: true },
  { when: 'earlier', ms: -second, undone: false, after: false },
  { when: 'earlier, whatever a rollback marked', ms: -second, undone: true, after: false },
])('a version made $when: $after', ({ ms, undone, after }) => {
  const version = {
    versionId: 'one',
    createdAt: new Date(since.getTime() + ms),
    document: SecretDocument.parse('{}'),
  };
  const labelsOf = new Map([['one', undone ? ['KEYTURN_UNDONE'] : ['SPARE']]]);
  const description = { arn: '', name: '', rotationEnabled: true, lastRotatedAt: since, labelsOf };

  expect(madeAfter(description, version, since)).toBe(after);
});
