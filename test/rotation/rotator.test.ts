import { describe, expect, test } from 'vitest';
import { credentialOf, sameCredential } from '../../src/rotation/rotator.ts';
import { SecretDocument } from '../../src/rotation/secret-document.ts';
import { ownKey } from './support/rotators.ts';
import { Timeline } from './support/timeline.ts';

const rotator = ownKey('PASSWORD', new Timeline(), {
  changes: ['PASSWORD', 'FALLBACKS'],
  reads: ['USER'],
  optional: ['FALLBACKS'],
});

const parse = (value: unknown) => SecretDocument.parse(JSON.stringify(value));
const one = parse({ PASSWORD: 'p', FALLBACKS: ['o'], USER: 'u', REGION: 'eu' });

describe('the credential of a rotator', () => {
  test('is the keys it changes and reads, and no others', () => {
    expect(credentialOf(rotator, one)).toStrictEqual({
      PASSWORD: 'p',
      FALLBACKS: ['o'],
      USER: 'u',
    });
  });

  test('leaves a key out that the secret does not have yet', () => {
    const credential = credentialOf(rotator, parse({ PASSWORD: 'p', USER: 'u' }));
    expect(credential).toStrictEqual({ PASSWORD: 'p', USER: 'u' });
  });

  test.each([
    { what: 'nothing', change: {}, same: true },
    { what: 'a key of others', change: { REGION: 'us' }, same: true },
    { what: 'the key', change: { PASSWORD: 'q' }, same: false },
    { what: 'another key it changes', change: { FALLBACKS: ['p', 'o'] }, same: false },
    { what: 'a key it reads', change: { USER: 'v' }, same: false },
  ])('is the same in two versions where $what differs: $same', ({ change, same }) => {
    const other = parse({ ...JSON.parse(one.text), ...change });
    expect(sameCredential(rotator, one, other)).toBe(same);
  });
});
