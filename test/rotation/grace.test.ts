import { describe, expect, test } from 'vitest';
import { graceEnd, withGrace } from '../../src/rotation/grace.ts';
import { SecretDocument } from '../../src/rotation/secret-document.ts';
import { ownKey } from './support/rotators.ts';
import { Timeline } from './support/timeline.ts';

const hour = 3_600_000;
const day = Date.parse('2026-01-01T00:00:00Z');
const rotator = ownKey('A', new Timeline(), { graceMs: hour });

const at = (hours: number) => new Date(day + hours * hour);
const version = (hours: number) => ({
  versionId: `made-after-${hours}-hours`,
  createdAt: at(hours),
  labels: [],
  document: SecretDocument.parse('{}'),
});
const described = (lastRotatedAt?: Date) => ({
  arn: '',
  name: '',
  rotationEnabled: true,
  lastRotatedAt,
  labelsOf: new Map(),
});

describe('a superseded credential is due', () => {
  test.each([
    { when: 'a grace after the new version was made', made: 1, rotated: undefined, due: 2 },
    { when: 'a grace after the service recorded the rotation', made: 1, rotated: 5, due: 6 },
    { when: 'no sooner for a rotation recorded before it', made: 3, rotated: 1, due: 4 },
  ])('$when', ({ made, rotated, due }) => {
    const lastRotatedAt = rotated === undefined ? undefined : at(rotated);
    const end = graceEnd(rotator, described(lastRotatedAt), {
      current: version(made),
      superseded: version(0),
    });
    expect(end).toEqual(at(due));
  });

  test.each(['KEYTURN_COMPROMISED_A', 'KEYTURN_COMPROMISED2_A'])(
    'at once when its version bears %s',
    (label) => {
      const pair = { current: version(9), superseded: { ...version(0), labels: [label] } };
      expect(graceEnd(rotator, described(at(9)), pair).getTime()).toBeLessThan(day);
    },
  );

  test('as ever when another key of its version is compromised', () => {
    const superseded = { ...version(0), labels: ['KEYTURN_COMPROMISED_B', 'KEYTURN_COMPROMISED_'] };
    const end = graceEnd(rotator, described(), { current: version(1), superseded });
    expect(end).toEqual(at(2));
  });

  test('at once when its version was taken back', () => {
    const pair = { current: version(0), superseded: version(9) };
    expect(graceEnd(rotator, described(at(9)), pair).getTime()).toBeLessThan(day);
  });
});

test('kinds that hold one credential have no grace', () => {
  expect(withGrace([rotator, ownKey('B', new Timeline())])).toEqual([rotator]);
});
