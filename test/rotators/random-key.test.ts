import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RotationError } from '../../src/rotation/errors.ts';
import type { Credential } from '../../src/rotation/rotator.ts';
import { randomKey } from '../../src/rotators/random-key.ts';
import { bind } from '../support/bind.ts';
import { expectTold } from '../support/expect-told.ts';
import { SigningApplication } from '../support/signing-system.ts';
import { anyCall, anyVersion } from '../support/calling.ts';

const call = {
  ...anyCall(),
};

const rotatorOf = (options: object = {}) => bind(randomKey, { key: 'SECRET_KEY', options });

const superseded = async () => undefined;

function rotate(current: Credential, options: object = {}, undone?: Credential) {
  return rotatorOf(options).create({ ...call, current, superseded, undone, version: anyVersion });
}

describe('the fallbacks', () => {
  test('begin with the first rotation, without their key in the secret', async () => {
    const made = await rotate({ SECRET_KEY: 'first' });

    expect(made).toEqual({ SECRET_KEY: expect.any(String), SECRET_KEY_FALLBACKS: ['first'] });
  });

  test('are the newest first, as many as are kept', async () => {
    const current = { SECRET_KEY: 'third', SECRET_KEY_FALLBACKS: ['second', 'first'] };

    expect(await rotate(current)).toMatchObject({ SECRET_KEY_FALLBACKS: ['third', 'second'] });
    expect(await rotate(current, { fallbacks: 16 })).toMatchObject({
      SECRET_KEY_FALLBACKS: ['third', 'second', 'first'],
    });
  });

  test('are none where none are kept', async () => {
    const current = { SECRET_KEY: 'second', SECRET_KEY_FALLBACKS: ['first'] };

    expect(await rotate(current, { fallbacks: 0 })).toMatchObject({ SECRET_KEY_FALLBACKS: [] });
  });

  test('hold a key that was undone, behind the one in use', async () => {
    const current = { SECRET_KEY: 'second', SECRET_KEY_FALLBACKS: ['first'] };
    const undone = { SECRET_KEY: 'undone', SECRET_KEY_FALLBACKS: ['second', 'first'] };

    expect(await rotate(current, { fallbacks: 3 }, undone)).toMatchObject({
      SECRET_KEY_FALLBACKS: ['second', 'undone', 'first'],
    });
  });

  test('are none beside a new key where the one in use is compromised, whatever was kept or undone', async () => {
    const current = { SECRET_KEY: 'second', SECRET_KEY_FALLBACKS: ['first'] };
    const undone = { SECRET_KEY: 'undone' };
    const made = await rotatorOf().create({
      ...call,
      current,
      undone,
      superseded,
      compromised: true,
      version: anyVersion,
    });

    expect(made).toEqual({ SECRET_KEY: expect.any(String), SECRET_KEY_FALLBACKS: [] });
    expect(made['SECRET_KEY']).not.toBe('second');
  });

  test('do without an undone version that had no such key', async () => {
    expect(await rotate({ SECRET_KEY: 'second' }, {}, { OTHER: 'x' })).toMatchObject({
      SECRET_KEY_FALLBACKS: ['second'],
    });
  });

  test('are kept under another key where the configuration names one', async () => {
    const made = await rotate({ SECRET_KEY: 'first', OLD_KEYS: [] }, { fallbacksKey: 'OLD_KEYS' });

    expect(made).toEqual({ SECRET_KEY: expect.any(String), OLD_KEYS: ['first'] });
  });

  test.each([['a text'], [7], [{}], [[1]], [['a', null]]])(
    'that are %j are refused, by check and by create',
    async (fallbacks) => {
      const current = { SECRET_KEY: 'second', SECRET_KEY_FALLBACKS: fallbacks };

      for (const attempted of [rotate(current), rotatorOf().check({ ...call, current })]) {
        const error: unknown = await attempted.catch((thrown: unknown) => thrown);

        expect(expectTold(error, { code: 'KEY_UNUSABLE' }).key).toBe('SECRET_KEY_FALLBACKS');
      }
    },
  );

  test('that are null count as none yet', async () => {
    const made = await rotate({ SECRET_KEY: 'first', SECRET_KEY_FALLBACKS: null });

    expect(made).toMatchObject({ SECRET_KEY_FALLBACKS: ['first'] });
  });
});

describe('whatever was there before', () => {
  const keys = fc.array(fc.string({ minLength: 1 }), { maxLength: 20 });

  test('the fallbacks are bounded, each once, and begin with the key in use', () =>
    fc.assert(
      fc.asyncProperty(
        fc.string({ minLength: 1 }),
        keys,
        fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
        fc.integer({ min: 0, max: 16 }),
        async (key, earlier, undone, kept) => {
          const current = { SECRET_KEY: key, SECRET_KEY_FALLBACKS: earlier };
          const before = JSON.stringify(current);

          const made = await rotate(
            current,
            { fallbacks: kept },
            undone === undefined ? undefined : { SECRET_KEY: undone },
          );

          const known = [key, ...(undone === undefined ? [] : [undone]), ...earlier];
          const expected = [...new Set(known)].slice(0, kept);
          expect(made['SECRET_KEY_FALLBACKS']).toEqual(expected);
          expect(known).not.toContain(made['SECRET_KEY']);
          expect(JSON.stringify(current)).toBe(before);
        },
      ),
    ));

  test('a session lives through as many rotations as keys are kept, and no longer (F-12)', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 0, max: 7 }),
        async (kept, rotations) => {
          let secret: Credential = { SECRET_KEY: 'the-key-at-first' };
          const application = new SigningApplication(secret);
          const session = application.signIn();

          for (let left = rotations; left > 0; left -= 1) {
            secret = { ...secret, ...(await rotate(secret, { fallbacks: kept })) };
            application.reload(secret);
          }

          expect(application.knows(session)).toBe(rotations <= kept);
        },
      ),
    ));

  test.each([32, 64, 512])('a key has the length that is asked for: %i', async (length) => {
    const { SECRET_KEY: key } = await rotate({ SECRET_KEY: 'first' }, { length });

    expect(key).toHaveLength(length);
  });
});

describe('options', () => {
  test.each([
    { length: 31 },
    { length: 513 },
    { length: 40.5 },
    { length: '64' },
    { fallbacks: -1 },
    { fallbacks: 17 },
    { fallbacksKey: '' },
    { fallback: 2 },
  ])('%j are refused', (options) => {
    expect(() => rotatorOf(options)).toThrow(Object.keys(options)[0]);
  });
});

test('a secret without the key is told from one whose key is not a text', async () => {
  for (const [current, code] of [
    [{}, 'KEY_MISSING'],
    [{ SECRET_KEY: 7 }, 'KEY_NOT_TEXT'],
    [{ SECRET_KEY: '' }, 'KEY_NOT_TEXT'],
  ] as const) {
    await expect(rotate(current)).rejects.toThrow(RotationError);
    await expect(rotatorOf().probe({ ...call, credential: current })).rejects.toMatchObject({
      code,
    });
  }
});
