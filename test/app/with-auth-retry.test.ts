import * as v from 'valibot';
import { describe, expect, onTestFinished, test } from 'vitest';
import { withAuthRetry } from '../../src/app/with-auth-retry.ts';
import { PatientClock } from './driven.ts';
import { SecretInMemory } from './in-memory.ts';
import { loggingIn as app, version } from './logging-in.ts';
import { minute, world } from './support.ts';

const refused = () => Object.assign(new Error('refused'), { status: 401 });

describe('behaviour 8: through the switch gap', () => {
  test('what is accepted is done once, without a read', async () => {
    const { call, db, reads } = await app();
    await expect(call()).resolves.toBe('in');
    expect(db.tried).toEqual(['p1']);
    expect(reads).toHaveLength(1);
  });

  test('in the gap AWSPENDING is taken', async () => {
    const { call, db, put } = await app('p2');
    await put(version('p2'), 'AWSPENDING');
    await expect(call()).resolves.toBe('in');
    expect(db.tried).toEqual(['p1', 'p2']);
  });

  test('a version that differs within a value only is another one', async () => {
    const { secrets, put } = await world({ document: { DB_PASSWORD: 'p', MORE: { pin: 'one' } } });
    const these = await secrets().ready();
    await put({ DB_PASSWORD: 'p', MORE: { pin: 'two' } }, 'AWSPENDING');
    const attempts: number[] = [];

    const call = withAuthRetry(
      async () => {
        if (attempts.push(1) === 1) throw refused();
        return 'in';
      },
      { secrets: these, withinMs: 0 },
    );

    await expect(call).resolves.toBe('in');
  });

  test('after a rotation that was missed the new current one is', async () => {
    const { call, db, put, readsOf } = await app('p2');
    await put(version('p2'), 'AWSCURRENT');
    await expect(call()).resolves.toBe('in');
    expect(db.tried).toEqual(['p1', 'p2']);
    expect(readsOf('AWSPENDING')).toBe(0);
  });

  test('after a switch that was undone the previous one is', async () => {
    const { call, db, put, app: these } = await app('p1');
    await put(version('p2'), 'AWSCURRENT');
    await these.refresh();
    await expect(call()).resolves.toBe('in');
    expect(db.tried).toEqual(['p2', 'p1']);
  });

  test('after an undo by hand the current one is, which is the former one', async () => {
    const { call, db, put, move, first, app: these } = await app('p1');
    await put(version('p2'), 'AWSCURRENT');
    await these.refresh();
    await move('AWSCURRENT', first);
    await expect(call()).resolves.toBe('in');
    expect(db.tried).toEqual(['p2', 'p1']);
  });

  test.each([2_000, 20_000, 55_000])('polls until the label moves after %d ms', async (ms) => {
    const { call, db, put, driven, readsOf } = await app('p3');
    driven.after(ms, () => void put(version('p3'), 'AWSCURRENT'));
    await expect(call()).resolves.toBe('in');
    expect(db.tried).toEqual(['p1', 'p3']);
    expect(readsOf()).toBeLessThan(20);
  });

  test('gives up after a minute, with the error of the last attempt', async () => {
    const { call, db, put, clock } = await app('never');
    await put(version('p2'), 'AWSPENDING');
    const begin = clock.now();
    await expect(call()).rejects.toThrow('password authentication failed');
    expect(db.tried).toEqual(['p1', 'p2']);
    expect(clock.now() - begin).toBeGreaterThanOrEqual(minute);
    expect(clock.now() - begin).toBeLessThanOrEqual(minute + 8_000);
  });

  test('waits as long as it is told', async () => {
    const { call, clock } = await app('never');
    const begin = clock.now();
    await expect(call({ withinMs: 0 })).rejects.toThrow('password authentication failed');
    expect(clock.now()).toBe(begin);
  });

  test('the guide’s getSecret gives what is tried, too', async () => {
    const { app: these, db, put, driven } = await app('p2');
    await put(version('p2'), 'AWSPENDING');
    const attempt = async () => db.logIn((await these.getSecret('DB_PASSWORD')) ?? '');
    await expect(driven.drive(withAuthRetry(attempt, { secrets: these }))).resolves.toBe('in');
    expect(db.tried).toEqual(['p1', 'p2']);
  });

  test('a key that the schema leaves out can be tried, too', async () => {
    const { secretsWith, db, put, driven } = await app('p2');
    const these = await secretsWith({ schema: v.object({ SECRET_KEY: v.string() }) }).ready();
    await put(version('p2'), 'AWSPENDING');
    const attempt = async () => db.logIn((await these.getSecret('DB_PASSWORD')) ?? 'none');
    await expect(driven.drive(withAuthRetry(attempt, { secrets: these }))).resolves.toBe('in');
    expect(db.tried).toEqual(['p1', 'p2']);
  });

  test('an attempt that asks for nothing is made again for another version', async () => {
    const { app: these, db, put, driven, move } = await app('p2');
    const id = await put(version('p2'), 'AWSCURRENT');
    await move('AWSPREVIOUS');
    const attempt = () => db.logIn(String(these.snapshot.document['DB_PASSWORD']));
    await expect(driven.drive(withAuthRetry(attempt, { secrets: these }))).resolves.toBe('in');
    expect(these.snapshot.versionId).toBe(id);
    expect(db.tried).toEqual(['p1', 'p2']);
  });

  test('a version that differs in other keys alone is not tried', async () => {
    const { call, db, put } = await app('never');
    await put({ ...version('p1'), SECRET_KEY: 'other' }, 'AWSPENDING');
    await expect(call({ withinMs: 0 })).rejects.toThrow('password');
    expect(db.tried).toEqual(['p1']);
  });

  test('of the keys that are named no value is tried twice, whatever else is asked for', async () => {
    const { app: these, db, put, driven } = await app('never');
    await put({ ...version('p1'), SECRET_KEY: 'other' }, 'AWSPENDING');
    const attempt = async () => [
      await these.getSecret('SECRET_KEY'),
      db.logIn(these.get('DB_PASSWORD')),
    ];
    const options = { secrets: these, keys: ['DB_PASSWORD'], withinMs: 0 };
    await expect(driven.drive(withAuthRetry(attempt, options))).rejects.toThrow('password');
    expect(db.tried).toEqual(['p1']);
  });

  test('a previous version that was retired is not tried', async () => {
    const { call, db, put, move, first, app: these } = await app('p1');
    await put(version('p2'), 'AWSCURRENT');
    await move('KEYTURN_RETIRED', first);
    await these.refresh();
    await expect(call({ withinMs: 0 })).rejects.toThrow('password');
    expect(db.tried).toEqual(['p2']);
  });

  test.each([Number.NaN, -1])('withinMs cannot be %d', async (withinMs) => {
    const { call, db } = await app();
    await expect(call({ withinMs })).rejects.toThrow(TypeError);
    expect(db.tried).toEqual([]);
  });

  test('a read that hangs is waited for no longer than a second after the end', async () => {
    const driven = new PatientClock();
    const secret = new SecretInMemory();
    secret.label('AWSCURRENT', secret.add({ DB_PASSWORD: 'p1' }));
    const secrets = await secret.application(driven).ready();
    onTestFinished(() => secrets.close());
    const begin = driven.now().getTime();
    secret.hangs = true;
    const attempt = () => {
      if (secrets.get('DB_PASSWORD') !== 'p2') throw refused();
    };
    const call = withAuthRetry(attempt, { secrets, withinMs: 2_000 });
    await expect(driven.drive(call)).rejects.toThrow('refused');
    expect(driven.now().getTime() - begin).toBe(3_000);
  });

  test('a slow attempt leaves time to look for another version', async () => {
    const { app: these, db, put, driven, password, clock } = await app('p2');
    await put(version('p2'), 'AWSPENDING');
    const attempt = async () => {
      const value = password();
      await clock.sleep(5_000);
      return db.logIn(value);
    };
    const call = withAuthRetry(attempt, { secrets: these, withinMs: 0 });
    await expect(driven.drive(call)).resolves.toBe('in');
  });

  test('the waiting ends when it is told, between two looks too', async () => {
    const { call, clock } = await app('never');
    const begin = clock.now();
    await expect(call({ withinMs: 1_200 })).rejects.toThrow('password');
    expect(clock.now() - begin).toBe(1_200);
  });

  test('an attempt that hides what it asks for names its keys', async () => {
    const { app: these, db, put, driven } = await app('never');
    await put({ ...version('p1'), SECRET_KEY: 'other' }, 'AWSPENDING');
    const attempt = () => db.logIn('from elsewhere');
    const options = { secrets: these, keys: ['DB_PASSWORD'], withinMs: 0 };
    await expect(driven.drive(withAuthRetry(attempt, options))).rejects.toThrow('password');
    expect(db.tried).toHaveLength(1);
  });
});

describe('errors', () => {
  test.each([new Error('timeout'), new TypeError('x'), 'a text', undefined, { code: '57P01' }])(
    'of another kind are thrown at once, as they are: %s',
    async (wrong) => {
      const { app: these, reads, driven } = await app();
      const tries: unknown[] = [];
      const attempt = () => {
        tries.push(1);
        // oxlint-disable-next-line typescript/only-throw-error -- others may throw anything
        throw wrong;
      };
      const thrown = await driven
        .drive(withAuthRetry(attempt, { secrets: these }))
        .catch((error: unknown) => error);
      expect(thrown).toBe(wrong);
      expect(tries).toHaveLength(1);
      expect(reads).toHaveLength(1);
    },
  );

  test('of another kind in a later attempt are, too', async () => {
    const { app: these, db, put, driven } = await app('p2');
    await put(version('p2'), 'AWSPENDING');
    const wrong = new Error('the query failed');
    const attempt = () => {
      db.logIn(these.get('DB_PASSWORD'));
      throw wrong;
    };
    await expect(driven.drive(withAuthRetry(attempt, { secrets: these }))).rejects.toBe(wrong);
  });

  test('the last refusal is thrown as it is', async () => {
    const { app: these, put, driven } = await app();
    await put(version('p2'), 'AWSPENDING');
    const refusals: Error[] = [];
    const attempt = () => {
      these.get('DB_PASSWORD');
      const refusal = Object.assign(new Error('refused'), { status: 401 });
      refusals.push(refusal);
      throw refusal;
    };
    const options = { secrets: these, withinMs: 0 };
    await expect(driven.drive(withAuthRetry(attempt, options))).rejects.toSatisfy(
      (error) => error === refusals[1],
    );
  });

  test('which of them are refusals can be said', async () => {
    const { app: these, put, driven } = await app();
    await put(version('p2'), 'AWSPENDING');
    const attempt = () => {
      if (these.get('DB_PASSWORD') === 'p1') throw new Error('EAUTH');
      return 'in';
    };
    const options = {
      secrets: these,
      isAuthError: (error: unknown) => String(error).includes('EAUTH'),
    };
    await expect(driven.drive(withAuthRetry(attempt, options))).resolves.toBe('in');
  });

  test('without a value to begin with it is that which is thrown', async () => {
    const { secrets, trouble } = await world();
    trouble('denies access');
    const call = withAuthRetry(() => 'in', { secrets: secrets() });
    await expect(call).rejects.toMatchObject({ code: 'SECRET_REFUSED' });
  });
});

describe('an AbortSignal', () => {
  test('ends the waiting, with the error of the last attempt', async () => {
    const { call, clock, driven } = await app('never');
    const ending = new AbortController();
    driven.after(10_000, () => ending.abort());
    const begin = clock.now();
    await expect(call({ signal: ending.signal })).rejects.toThrow('password authentication');
    expect(clock.now() - begin).toBe(10_000);
  });

  test('that was aborted before leaves one attempt', async () => {
    const { call, db, reads } = await app('never');
    await expect(call({ signal: AbortSignal.abort() })).rejects.toThrow('password');
    expect(db.tried).toEqual(['p1']);
    expect(reads).toHaveLength(1);
  });

  test('does not wait for a read that hangs', async () => {
    const { app: these, trouble, db, readsOf } = await app('never');
    trouble('hangs');
    const ending = new AbortController();
    const call = withAuthRetry(() => db.logIn(these.get('DB_PASSWORD')), {
      secrets: these,
      signal: ending.signal,
    });
    await expect.poll(() => readsOf()).toBe(2);
    ending.abort();
    await expect(call).rejects.toThrow('password');
    expect(readsOf('AWSPENDING')).toBe(0);
  });
});
