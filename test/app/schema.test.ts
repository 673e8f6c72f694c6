import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { reminderAppSecret, type Schema, texts } from '../../src/app/schema.ts';
import { sample, world } from './support.ts';

const password = 'p1-in-a-wrong_place.77';

/** The error that a schema refuses a document with. */
async function refusal(document: object | string, schema: Schema<object>): Promise<unknown> {
  const { secretsWith } = await world({ document });
  return secretsWith({ schema })
    .ready()
    .catch((error: unknown) => error);
}

describe('behaviour 13: four texts by default', () => {
  test('which are there', async () => {
    const { secretsWith } = await world();
    const these = await secretsWith({ schema: reminderAppSecret }).ready();
    expect(these.get('TWILIO_ACCOUNT_SID')).toBe(sample.TWILIO_ACCOUNT_SID);
  });

  test.each([
    { why: 'missing', change: { DB_PASSWORD: undefined }, keys: 'DB_PASSWORD (missing)' },
    { why: 'empty', change: { SECRET_KEY: '' }, keys: 'SECRET_KEY' },
    { why: 'no text', change: { SECRET_KEY: 5, DB_PASSWORD: {} }, keys: 'SECRET_KEY, DB_PASSWORD' },
    { why: 'no SID', change: { TWILIO_ACCOUNT_SID: password }, keys: 'TWILIO_ACCOUNT_SID' },
    {
      why: 'a SID and more',
      change: { TWILIO_ACCOUNT_SID: `${sample.TWILIO_ACCOUNT_SID}\n` },
      keys: 'TWILIO_ACCOUNT_SID',
    },
  ])('refuses what is $why, and names the keys', async ({ change, keys }) => {
    const error = await refusal({ ...sample, ...change }, reminderAppSecret);
    expect(error).toMatchObject({ code: 'SECRET_INVALID' });
    expect(String(error)).toContain(`does not fit the schema, at: ${keys}. `);
    for (const value of [...Object.values(sample), password]) {
      expect(String(error)).not.toContain(value);
    }
  });

  test('a key that every object inherits is missing all the same', async () => {
    expect(await refusal(sample, texts('toString', 'constructor'))).toMatchObject({
      message: expect.stringContaining('at: toString (missing), constructor (missing).'),
    });
  });
});

describe('a schema of a library', () => {
  const schema = v.object({
    DB_PASSWORD: v.pipe(v.string(), v.minLength(3)),
    DB_PORT: v.pipe(v.string(), v.transform(Number), v.number()),
    MORE: v.optional(v.record(v.string(), v.number())),
  });

  test('makes the values, and their types', async () => {
    const { secretsWith } = await world({ document: { ...sample, DB_PORT: '5432' } });
    const these = await secretsWith({ schema }).ready();

    const port: number = these.get('DB_PORT');

    expect(port).toBe(5432);
    await expect(these.getSecret('DB_PORT')).resolves.toBe('5432');
    expect(these.snapshot.document['SECRET_KEY']).toBe(sample.SECRET_KEY);
  });

  test.each([
    { document: { DB_PASSWORD: 'x', DB_PORT: '1' }, keys: 'DB_PASSWORD' },
    { document: { DB_PASSWORD: [password], DB_PORT: password }, keys: 'DB_PASSWORD, DB_PORT' },
    {
      document: { DB_PASSWORD: password, DB_PORT: '1', MORE: { [password]: password } },
      keys: 'MORE',
    },
  ])('its refusal names $keys and no value', async ({ document, keys }) => {
    const error = await refusal(document, schema);
    expect(error).toMatchObject({ code: 'SECRET_INVALID' });
    expect(String(error)).toContain(`at: ${keys}. `);
    expect(JSON.stringify(error) + String(error)).not.toContain(password);
  });
});

type Validate = Schema<object>['~standard']['validate'];

const by = (validate: Validate): Schema<object> => ({
  '~standard': { version: 1, vendor: 'mine', validate },
});

describe('a schema made by hand', () => {
  test.each<{ what: string; path?: (string | number | { key: string })[]; named: string }>([
    { what: 'a path of texts', path: ['DB_PASSWORD', 'deep'], named: 'DB_PASSWORD' },
    { what: 'a path of objects', path: [{ key: 'DB_PASSWORD' }], named: 'DB_PASSWORD' },
    { what: 'an empty path', path: [], named: 'the whole' },
    { what: 'no path', named: 'the whole' },
    { what: 'a path of numbers', path: [0], named: 'the whole' },
    { what: 'what looks like no key', path: [`{"a":"${password}"}`], named: 'the whole' },
  ])('with $what is named as $named', async ({ path, named }) => {
    const issue = { message: `${password} is wrong`, path };
    const error = await refusal(
      sample,
      by(() => ({ issues: [issue] })),
    );
    expect(String(error)).toContain(`at: ${named}. `);
    expect(String(error)).not.toContain(password);
  });

  test('may answer later', async () => {
    const later = by(async () => {
      await Promise.resolve();
      return { value: { ONE: 'later' } };
    });
    const { secretsWith } = await world();
    expect((await secretsWith({ schema: later }).ready()).snapshot.values).toEqual({
      ONE: 'later',
    });
  });

  test('that throws refuses the version, and nothing that it says is told', async () => {
    const fails = by(() => {
      throw new Error(`cannot read ${password}`);
    });
    const error = await refusal(sample, fails);
    expect(error).toMatchObject({ code: 'SECRET_INVALID' });
    expect(error).not.toHaveProperty('cause');
    expect(String(error)).not.toContain(password);
  });
});
