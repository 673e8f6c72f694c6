import { describe, expect, test } from 'vitest';
import { maximumBytes } from '../../src/rotation/plan.ts';
import { readConfiguration } from '../../src/rotators/configuration.ts';
import { dual, ownKey, single } from './support/rotators.ts';
import {
  codeOf,
  failureOf,
  first,
  firstText,
  startWorld,
  type Ends,
  type World,
} from './support/world.ts';

/** Nothing but reads reached Secrets Manager, and no system heard anything at all. */
function expectNothingTouched({ timeline, api, at, firstVersion }: World): void {
  expect([...new Set(timeline.events)].toSorted()).toEqual(['describe', 'read']);
  expect(api.accepted).toEqual([first.API_TOKEN]);
  expect(at('AWSCURRENT')?.versionId).toBe(firstVersion);
}

const changed = (changes: Record<string, unknown>) => JSON.stringify({ ...first, ...changes });

describe('a value that cannot be rotated is refused before anything happens (F-16)', () => {
  test.each([
    { what: 'plain text', text: 'just-a-password', code: 'SECRET_NOT_JSON_OBJECT' },
    { what: 'half a document', text: '{"API_TOKEN": "abcd', code: 'SECRET_NOT_JSON_OBJECT' },
    { what: 'a JSON array', text: '["api-token"]', code: 'SECRET_NOT_JSON_OBJECT' },
    { what: 'a JSON number', text: '42', code: 'SECRET_NOT_JSON_OBJECT' },
    { what: 'a JSON text', text: '"api-token"', code: 'SECRET_NOT_JSON_OBJECT' },
    { what: 'JSON null', text: 'null', code: 'SECRET_NOT_JSON_OBJECT' },
    { what: 'JSON with a comment', text: '{} // none', code: 'SECRET_NOT_JSON_OBJECT' },
    {
      what: 'a key that stands twice',
      text: firstText.replace('"REGION"', '"API_TOKEN"'),
      code: 'SECRET_DUPLICATE_KEY',
    },
    {
      what: 'a key that stands twice, spelt differently',
      text: firstText.replace('"REGION"', String.raw`"API\u005fTOKEN"`),
      code: 'SECRET_DUPLICATE_KEY',
    },
    { what: 'a missing key', text: changed({ API_TOKEN: undefined }), code: 'KEY_MISSING' },
    { what: 'an empty object', text: '{}', code: 'KEY_MISSING' },
    { what: 'a number for a text', text: changed({ DB_PASSWORD: 42 }), code: 'KEY_NOT_TEXT' },
    { what: 'null for a text', text: changed({ DB_PASSWORD: null }), code: 'KEY_NOT_TEXT' },
    { what: 'an object for a text', text: changed({ DB_PASSWORD: {} }), code: 'KEY_NOT_TEXT' },
    { what: 'an empty text', text: changed({ DB_PASSWORD: '' }), code: 'KEY_NOT_TEXT' },
  ])('$what: $code', async ({ text, code }) => {
    const world = await startWorld({ text });
    const token = world.begin();

    const error = await failureOf(world.run('createSecret', token));

    expect(error.code).toBe(code);
    expect(error.retryable).toBe(false);
    expect(error.message).not.toMatch(/first-day|just-a-password|abcd/);
    expectNothingTouched(world);
  });

  test('a derived key that cannot be built: CONFIG_INVALID, without what its function said', async () => {
    const derived = {
      DATABASE_URL: (values: Readonly<Record<string, unknown>>) => {
        throw new Error(`cannot use ${String(values.DB_PASSWORD)}`);
      },
    };
    const world = await startWorld({ derived });

    const error = await failureOf(world.run('createSecret', world.begin()));

    expect(error).toMatchObject({ code: 'CONFIG_INVALID', key: 'DATABASE_URL' });
    expect(error.cause).toBeUndefined();
    expect(error.message).not.toContain(first.DB_PASSWORD);
    expectNothingTouched(world);
  });

  test('derived keys that alone fill the secret: VALUE_TOO_LARGE', async () => {
    const world = await startWorld({ derived: { FILLER: () => 'x'.repeat(maximumBytes) } });

    expect(await codeOf(world.run('createSecret', world.begin()))).toBe('VALUE_TOO_LARGE');
    expectNothingTouched(world);
  });

  test('a name that no entry of the configuration matches: SECRET_NOT_CONFIGURED', () => {
    const configuration = readConfiguration([{ secret: 'other/*', keys: {} }], noSystems);

    expect(() => configuration.planFor('shop/production')).toThrow(
      expect.objectContaining({ code: 'SECRET_NOT_CONFIGURED' }),
    );
  });

  test.each([
    {
      what: 'an unknown rotator',
      keys: { API_TOKEN: { rotator: 'mongodb' } },
      code: 'UNKNOWN_ROTATOR',
    },
    {
      what: 'an unknown option',
      keys: { API_TOKEN: { rotator: 'random-key', size: 64 } },
      code: 'CONFIG_INVALID',
    },
    {
      what: 'a key claimed twice',
      keys: {
        ONE: { rotator: 'random-key', fallbacksKey: 'OLD' },
        TWO: { rotator: 'random-key', fallbacksKey: 'OLD' },
      },
      code: 'KEY_CLAIMED_TWICE',
    },
  ])('$what is refused before any event is heard: $code', ({ keys, code }) => {
    const entries = [{ secret: 'shop/*', keys }];

    expect(() => readConfiguration(entries, noSystems)).toThrow(expect.objectContaining({ code }));
  });
});

/** Every value made here is 100 characters long, that of the provider as long as its predecessor. */
const sized = ({ timeline, api, db }: Ends) => [
  ownKey('SIGNING_KEY', timeline, { create: async () => ({ SIGNING_KEY: 'k'.repeat(100) }) }),
  dual('API_TOKEN', api, timeline),
  single('DB_PASSWORD', db, timeline, {
    create: async () => ({ DB_PASSWORD: 'p'.repeat(100) }),
  }),
];

/** A secret whose next version will hold exactly so many bytes. */
function textFor(bytes: number, made: Partial<Record<keyof typeof first, string>>): string {
  const next = JSON.stringify({ ...first, ...made, FILLER: '' });
  // Three bytes a character: the limit is in bytes of UTF-8, not in characters.
  const room = bytes - Buffer.byteLength(next);
  const filler = '→'.repeat(Math.floor(room / 3)) + 'x'.repeat(room % 3);
  return JSON.stringify({ ...first, FILLER: filler });
}

const made = {
  SIGNING_KEY: 'k'.repeat(100),
  API_TOKEN: 'x'.repeat(first.API_TOKEN.length),
  DB_PASSWORD: 'p'.repeat(100),
};

describe('the size of the next value', () => {
  test('of exactly 65,536 bytes of UTF-8 passes', async () => {
    const world = await startWorld({ text: textFor(maximumBytes, made), rotators: sized });

    await world.run('createSecret', world.begin());

    expect(Buffer.byteLength(world.at('AWSPENDING')?.secretString ?? '')).toBe(maximumBytes);
  });

  test('that would be too large by what we make is known before the provider is asked', async () => {
    const text = textFor(maximumBytes + 1, made);
    const world = await startWorld({ text, rotators: sized });

    expect(await codeOf(world.run('createSecret', world.begin()))).toBe('VALUE_TOO_LARGE');

    expect(world.timeline.only('api.make', 'put')).toEqual([]);
  });

  test('that turns out too large by what the provider made is taken back', async () => {
    const text = textFor(maximumBytes, made);
    const world = await startWorld({
      text,
      rotators: (ends) =>
        sized(ends).map((rotator) =>
          rotator.key === 'API_TOKEN'
            ? {
                ...rotator,
                create: async () => ({ API_TOKEN: await ends.api.add('a'.repeat(50)) }),
              }
            : rotator,
        ),
    });

    expect(await codeOf(world.run('createSecret', world.begin()))).toBe('VALUE_TOO_LARGE');

    expect(world.timeline.only('put')).toEqual([]);
    expect(world.api.accepted).toEqual([first.API_TOKEN]);
  });
});

const unused = () => {
  throw new Error('No system may be opened while the configuration is read');
};

const noSystems = {
  clock: { now: () => new Date(0), sleep: unused },
  openRds: unused,
  openTwilioAccount: unused,
  openTwilioKeys: unused,
  postgres: { logIn: unused, open: unused },
  mysql: { logIn: unused, open: unused },
  readSecret: unused,
};
