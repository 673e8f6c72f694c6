import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isCompromised as isCompromisedForApplications } from '../../src/app/compromised.ts';
import { isCompromised, isMark, marksOf } from '../../src/rotation/compromised.ts';
import { labels } from '../../src/rotation/secret-store.ts';
import { ownKey } from './support/rotators.ts';
import { Timeline } from './support/timeline.ts';

const timeline = new Timeline();

describe('the marks of a key', () => {
  test('can be read', () => {
    expect(marksOf('DB_PASSWORD')).toEqual([
      'KEYTURN_COMPROMISED_DB_PASSWORD',
      'KEYTURN_COMPROMISED2_DB_PASSWORD',
    ]);
  });

  test('are labels, whatever the name: of ASCII, not too long, and of no other key', () => {
    const name = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 190 }));
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 2, maxLength: 6 }), (names) => {
        const marks = names.flatMap((each) => marksOf(each));

        expect(new Set(marks).size).toBe(marks.length);
        for (const mark of marks) {
          expect(mark).toMatch(/^[\w-]{1,256}$/);
          expect(isMark(mark)).toBe(true);
        }
      }),
    );
  });

  test('of a hashed name are not those of a key that is called so', () => {
    const [hashed] = marksOf('a key');
    expect(marksOf(hashed.slice('KEYTURN_COMPROMISED_'.length))).not.toContain(hashed);
  });

  test('are none of the other labels', () => {
    expect(Object.values(labels).filter(isMark)).toEqual([]);
  });

  test('are known to the protocol and to applications alike', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (key, other) => {
        for (const mark of marksOf(key)) {
          const version = { labels: ['AWSPREVIOUS', mark] };
          const ofProtocol = [key, other].map((name) =>
            isCompromised(ownKey(name, timeline), version),
          );
          const ofApplications = [key, other].map((name) =>
            isCompromisedForApplications(version, name),
          );
          expect(ofProtocol).toEqual([true, other === key]);
          expect(ofApplications).toEqual(ofProtocol);
        }
      }),
    );
  });
});

test('a credential of several keys is compromised with any of them, but not with a list beside it', () => {
  const rotator = ownKey('USER', timeline, {
    changes: ['USER', 'PASSWORD', 'OLD_USERS'],
    optional: ['OLD_USERS'],
  });
  const marked = (key: string) => isCompromised(rotator, { labels: [...marksOf(key)] });

  expect(['USER', 'PASSWORD', 'OLD_USERS', 'OTHER'].map(marked)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
