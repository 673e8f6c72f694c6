import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { signingKeys } from '../../src/app/signing-keys.ts';
import { spellingsOf } from '../../src/rotation/spellings.ts';
import { sample, world, valueAt } from './support.ts';

const nested = { ...sample, MORE: { PIN: 'pin-4711-nested' }, LIST: ['list-0815-nested'] };
const values = [...Object.values(sample), 'pin-4711-nested', 'list-0815-nested'];
const secretTexts = values.flatMap(spellingsOf);

async function loaded() {
  const { secrets } = await world({ document: nested });
  const these = await secrets().ready();
  const { snapshot } = these;
  return {
    secrets: these,
    snapshot,
    values: snapshot.values,
    document: snapshot.document,
    'a part of the document': snapshot.document['MORE'],
    'signing keys': signingKeys('SECRET_KEY', { secrets: these }),
    'an error': await these
      .ready()
      .then(() => valueAt(these, 'ABSENT'))
      .catch((error: unknown) => error),
  };
}

type Printed = keyof Awaited<ReturnType<typeof loaded>>;

const things: readonly Printed[] = [
  'secrets',
  'snapshot',
  'values',
  'document',
  'a part of the document',
  'signing keys',
  'an error',
];

const printers: Readonly<Record<string, (thing: unknown) => string>> = {
  'util.inspect': (thing) => inspect(thing),
  'util.inspect, deep in something': (thing) => inspect({ a: [{ thing }] }, { depth: 10 }),
  'util.inspect, all there is': (thing) =>
    inspect(thing, { showHidden: true, showProxy: true, getters: true, depth: Infinity }),
  'JSON.stringify': (thing) => JSON.stringify({ thing }),
  String,
  'the message of an error': (thing) =>
    inspect(new Error(`It was ${String(thing)}`, { cause: thing })),
};

describe('behaviour 14: what is printed shows no value', () => {
  describe.each(Object.keys(printers))('by %s', (printer) => {
    test.each(things)('of %s', async (name) => {
      const thing = (await loaded())[name];

      const printed = printers[printer]?.(thing) ?? '';

      expect(printed).not.toBe('');
      expect(secretTexts.filter((text) => printed.includes(text))).toEqual([]);
    });
  });

  test('and yet shows the names of the keys', async () => {
    const { values: shown, snapshot } = await loaded();
    expect(inspect(shown)).toContain("DB_PASSWORD: '[redacted]'");
    expect(JSON.stringify(snapshot)).toContain('"keys":["SECRET_KEY"');
  });

  test('secrets cannot be cloned into another thread', async () => {
    const { secrets, 'signing keys': keys } = await loaded();
    expect(() => structuredClone(secrets)).toThrow('could not be cloned');
    expect(() => structuredClone(keys)).toThrow('could not be cloned');
  });

  test('a loop over the values meets the keys of the secret alone', async () => {
    const { values: looped } = await loaded();
    expect(Object.keys(looped)).toEqual(Object.keys(nested));
    expect({ ...looped }).toEqual(nested);
  });

  test('a key that is called toJSON does not show the others', async () => {
    const { secrets } = await world({ document: { ...sample, toJSON: 'mine' } });
    const { snapshot } = await secrets().ready();
    expect(JSON.parse(JSON.stringify(snapshot.values))).toMatchObject({
      DB_PASSWORD: '[redacted]',
    });
    expect(Object.values(snapshot.values).map((value) => typeof value)).not.toContain('function');
  });
});

describe('behaviour 1: a frozen snapshot', () => {
  test('is frozen through and through', async () => {
    const { secrets, snapshot, values: those, document } = await loaded();
    const parts = [secrets, snapshot, snapshot.labels, those, document];
    const inner = [document['MORE'], document['LIST'], Reflect.get(those, 'LIST')];
    for (const part of [...parts, ...inner]) expect(Object.isFrozen(part)).toBe(true);
  });

  test('cannot be changed by who holds it', async () => {
    const { secrets, values: those } = await loaded();
    expect(Reflect.set(those, 'DB_PASSWORD', 'mine')).toBe(false);
    expect(Reflect.set(Object(Reflect.get(those, 'LIST')), '0', 'mine')).toBe(false);
    expect(secrets.get('DB_PASSWORD')).toBe(sample.DB_PASSWORD);
  });

  test('stays as it was when another version comes', async () => {
    const { secrets, put, first } = await world();
    const { snapshot } = await secrets().ready();
    const these = await secrets().ready();
    const before = these.snapshot;
    const second = await put({ DB_PASSWORD: 'second' }, 'AWSCURRENT');

    await these.refresh();

    expect(these.snapshot.versionId).toBe(second);
    expect(before.versionId).toBe(first);
    expect(before.values).toEqual(snapshot.values);
  });
});
