import { describe, expect, test } from 'vitest';
import type { SecretsEvents } from '../../src/app/events.ts';
import { lines, minute, sample, type Trouble, ttl, world } from './support.ts';

const hour = 60 * minute;
const second = { ...sample, DB_PASSWORD: 'second' };
const invalid = { ...sample, DB_PASSWORD: '' };

const passing: readonly Trouble[] = ['answers 503', 'throttles'];
const refused: readonly Trouble[] = [
  'denies access',
  'has no such secret',
  'cannot decrypt',
  'has it scheduled for deletion',
  'does not know the credentials',
];
const limits = [
  ...passing.map((trouble) => ({ trouble, age: ttl + hour, code: 'SECRET_UNREACHABLE' })),
  ...refused.map((trouble) => ({ trouble, age: 2 * ttl, code: 'SECRET_REFUSED' })),
];

describe('behaviour 6: stale on error, with a limit', () => {
  test.each(limits)('served until $age ms old where Secrets Manager $trouble', async (limit) => {
    const { secrets, driven, trouble, put } = await world();
    const log = lines();
    const these = await secrets({ log }).ready();
    trouble(limit.trouble);
    await expect(these.refresh()).rejects.toMatchObject({ code: limit.code });

    await driven.advance(limit.age - 1);
    expect(these.get('DB_PASSWORD')).toBe(sample.DB_PASSWORD);
    await driven.advance(2);
    const tooOld = expect.objectContaining({ code: 'SECRET_TOO_OLD' });
    expect(() => these.get('DB_PASSWORD')).toThrow(tooOld);
    expect(() => these.snapshot).toThrow(tooOld);
    await expect(these.getSecret('DB_PASSWORD')).rejects.toEqual(tooOld);
    await driven.advance(128_000);
    expect(log.said.at(-1)).toContain('is too old to be served');

    trouble();
    await put(second, 'AWSCURRENT');
    await driven.advance(128_000);
    expect(these.get('DB_PASSWORD')).toBe('second');
  });

  test('a longer and a shorter limit', async () => {
    const { secrets, driven, trouble } = await world();
    const long = await secrets({ staleForMs: 24 * hour }).ready();
    const none = await secrets({ staleForMs: 0 }).ready();
    trouble('answers 503');

    await driven.advance(23 * hour);

    expect(long.get('DB_PASSWORD')).toBe(sample.DB_PASSWORD);
    expect(() => none.get('DB_PASSWORD')).toThrow('too old');
  });

  test.each([...passing, ...refused])('in Lambda, too, where Secrets Manager %s', async (kind) => {
    const { secrets, driven, trouble } = await world({ env: { AWS_LAMBDA_FUNCTION_NAME: 'f' } });
    const these = await secrets().ready();
    trouble(kind);
    await these.refresh().catch(() => undefined);
    await driven.advance(2 * hour);

    await expect(these.ready()).rejects.toMatchObject({ code: 'SECRET_TOO_OLD' });
  });

  test('an invocation after a long sleep reads first, where what is in memory is too old', async () => {
    const { secrets, driven, trouble } = await world({ env: { AWS_LAMBDA_FUNCTION_NAME: 'f' } });
    const these = await secrets().ready();
    trouble('denies access');
    await these.refresh().catch(() => undefined);
    await driven.advance(2 * hour);
    trouble();

    await expect(these.ready()).resolves.toBe(these);
  });
});

describe('behaviour 13: a version that does not fit is refused', () => {
  test('and the old one kept on, without an end', async () => {
    const { secrets, driven, put } = await world();
    const log = lines();
    const these = await secrets({ log }).ready();
    await put(invalid, 'AWSCURRENT');

    await driven.advance(24 * hour);

    expect(these.get('DB_PASSWORD')).toBe(sample.DB_PASSWORD);
    expect(log.said[0]).toMatch(/^error: .*at: DB_PASSWORD\..*is served on.*\[SECRET_INVALID\]$/);
    await put(second, 'AWSCURRENT');
    await driven.advance(ttl);
    expect(these.get('DB_PASSWORD')).toBe('second');
  });

  test('it is read no more often than any other', async () => {
    const { secrets, driven, put, reads } = await world();
    await secrets().ready();
    await put(invalid, 'AWSCURRENT');
    await driven.advance(10 * ttl);
    expect(reads.length).toBeLessThanOrEqual(21);
  });

  test('its correction is read at once where somebody asks for that', async () => {
    const { secrets, put } = await world();
    const these = await secrets().ready();
    await put(invalid, 'AWSCURRENT');
    await expect(these.refresh()).rejects.toMatchObject({ code: 'SECRET_INVALID' });
    await put(second, 'AWSCURRENT');

    await these.refresh();

    expect(these.get('DB_PASSWORD')).toBe('second');
  });

  test('an outage after hours of it is an outage as any other', async () => {
    const { secrets, driven, put, trouble } = await world();
    const these = await secrets().ready();
    await put(invalid, 'AWSCURRENT');
    await driven.advance(5 * hour);
    trouble('answers 503');

    await driven.advance(50 * minute);
    expect(these.get('DB_PASSWORD')).toBe(sample.DB_PASSWORD);
    await driven.advance(hour);
    expect(() => these.get('DB_PASSWORD')).toThrow('too old');
  });

  test.each(['', '[]', '"text"', '7', 'null', '\uFEFF{}', '{"DB_PASSWORD":"pa55', '{}'])(
    'such as %j, of which the error shows nothing',
    async (text) => {
      const { secrets, put } = await world();
      const these = await secrets().ready();
      if (text !== '') await put(text, 'AWSCURRENT');
      else await put({ ...sample, DB_PASSWORD: 5 }, 'AWSCURRENT');

      const error = await these.refresh().catch((thrown: unknown) => thrown);

      expect(error).toMatchObject({ code: 'SECRET_INVALID' });
      expect(error).not.toHaveProperty('cause');
      expect(String(error)).not.toContain('pa55');
      expect(these.get('DB_PASSWORD')).toBe(sample.DB_PASSWORD);
    },
  );
});

const told = () => {
  const events: [keyof SecretsEvents, object][] = [];
  const on = {
    hit: (event: object) => void events.push(['hit', event]),
    refresh: (event: object) => void events.push(['refresh', event]),
    stale: (event: object) => void events.push(['stale', event]),
    rotated: (event: object) => void events.push(['rotated', event]),
    error: (event: object) => void events.push(['error', event]),
  };
  return { events, on };
};

const fail = () => {
  throw new Error('a mistake of a listener');
};

describe('what is told', () => {
  test('each event, in its order, without a value', async () => {
    const { secrets, put, trouble, driven, first } = await world();
    const { events, on } = told();
    const these = await secrets({ on }).ready();
    these.get('DB_PASSWORD');
    const id = await put(second, 'AWSCURRENT');
    await these.refresh();
    trouble('denies access');
    await driven.advance(minute);
    await these.refresh().catch(() => undefined);

    expect(events).toMatchObject([
      ['refresh', { versionId: first, changed: true }],
      ['hit', { key: 'DB_PASSWORD' }],
      ['refresh', { versionId: id, changed: true }],
      ['rotated', { from: first, to: id }],
      ['error', { error: { code: 'SECRET_REFUSED' } }],
      ['stale', { ageMs: minute, error: { code: 'SECRET_REFUSED' } }],
    ]);
    const text = JSON.stringify(events);
    for (const value of [...Object.values(sample), 'second']) expect(text).not.toContain(value);
  });

  test('a listener that throws harms nothing', async () => {
    const { secrets, put, trouble } = await world();
    const on = { hit: fail, refresh: fail, stale: fail, rotated: fail, error: fail };
    const these = await secrets({ on }).ready();
    await put(second, 'AWSCURRENT');
    await these.refresh();
    expect(these.get('DB_PASSWORD')).toBe('second');
    trouble('denies access');
    await expect(these.refresh()).rejects.toMatchObject({ code: 'SECRET_REFUSED' });
    expect(these.get('DB_PASSWORD')).toBe('second');
  });

  test('so does a log', async () => {
    const { secrets, trouble } = await world();
    trouble('answers 503');
    const log = { info: fail, warn: fail, error: fail };
    await expect(secrets({ log }).ready()).rejects.toMatchObject({ code: 'SECRET_UNREACHABLE' });
  });

  test.each([
    { trouble: 'answers 503' as const, level: 'warn' },
    { trouble: 'denies access' as const, level: 'error' },
    { trouble: 'cannot decrypt' as const, level: 'error' },
  ])(
    'a log line of level $level where Secrets Manager $trouble',
    async ({ trouble: kind, level }) => {
      const { secrets, trouble, driven } = await world();
      const log = lines();
      await secrets({ log }).ready();
      expect(log.said).toEqual([]);
      trouble(kind);

      await driven.advance(ttl);

      expect(log.said[0]).toMatch(
        new RegExp(`^${level}: .* is served for \\d+ s more\\. \\[SECRET_`),
      );
    },
  );
});
