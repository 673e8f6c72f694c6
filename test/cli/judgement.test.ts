import { expect, test } from 'vitest';
import { judge } from '../../src/cli/publish/judgement.ts';
import type { InspectionAnswer } from '../../src/cli/inspection.ts';

const [given, current] = ['a-version-given', 'a-version-current'];

type Key = InspectionAnswer['keys'][number];

const held = (versionId: string, values: object) => ({
  versionId,
  value: { text: JSON.stringify(values) },
});

/** What is made of values with these changes, where the system cannot be asked about either. */
function judged(changed: object, { reads }: Pick<Key, 'reads'>) {
  const verdicts = [given, current].map((id) => ({ versionId: id, verdict: 'unknown' as const }));
  const key = { key: 'PW', rotator: 'rds', changes: ['PW'], reads, credentials: verdicts };
  const before = { PW: 'a', DB_USER: 'me', NEW: 'x' };
  const inspection = {
    secret: 'arn',
    name: 'shop',
    at: '2026-06-01T12:00:00Z',
    rotationEnabled: true,
    versions: [],
    keys: [key],
  };
  const [found] = judge(inspection, {
    given: held(given, { ...before, ...changed }),
    current: held(current, before),
  });
  return found;
}

test.each([
  ['a key that its rotator does not know', { NEW: 'y' }, ['DB_USER'], 'as-before', undefined],
  ['what its rotator reads', { DB_USER: 'you' }, ['DB_USER'], 'unproven', /: DB_USER\.$/],
  ['its own value', { PW: 'b' }, ['DB_USER'], 'unproven', /: PW\.$/],
  ['what an older function may read', { NEW: 'y' }, undefined, 'unproven', /: NEW\.$/],
])(
  'a key that nobody can ask about, beside a change of %s',
  (_of, changed, reads, meaning, why) => {
    const found = judged(changed, { reads });

    expect(found?.meaning).toBe(meaning);
    expect(found?.problem ?? '').toMatch(why ?? /^$/);
  },
);
