import { describe, expect, test } from 'vitest';
import { databasePassword } from '../../src/app/database-password.ts';
import { withAuthRetry } from '../../src/app/with-auth-retry.ts';
import { loggingIn as app, version } from './logging-in.ts';
import { texts } from '../../src/app/schema.ts';
import { sample, ttl } from './support.ts';

const refused = () => Object.assign(new Error('refused'), { status: 401 });

describe('behaviour 10: the password function gives what was accepted', () => {
  test('and given outside of a trial as well, until the version changes', async () => {
    const { call, db, put, password, app: these, move } = await app('p2');
    const id = await put(version('p2'), 'AWSPENDING');
    await call();

    expect(password()).toBe('p2');
    expect(these.get('DB_PASSWORD')).toBe('p1');
    await call();
    expect(db.tried).toEqual(['p1', 'p2', 'p2']);

    await move('AWSCURRENT', id);
    await these.refresh();
    expect(password()).toBe('p2');
    await put(version('p3'), 'AWSCURRENT');
    await these.refresh();
    expect(password()).toBe('p3');
  });

  test('and no more once it is refused', async () => {
    const { call, db, put, password } = await app('p2');
    await put(version('p2'), 'AWSPENDING');
    await call();
    db.accepted = 'p1';

    await call();

    expect(db.tried).toEqual(['p1', 'p2', 'p2', 'p1']);
    expect(password()).toBe('p1');
  });

  test('and no more once it is refused, though nothing else is accepted', async () => {
    const { call, db, put, password } = await app('p2');
    await put(version('p2'), 'AWSPENDING');
    await call();
    db.accepted = 'never';

    await expect(call({ withinMs: 0 })).rejects.toThrow('password');

    expect(password()).toBe('p1');
  });

  test('but not what was not asked for', async () => {
    const { call, put, app: these } = await app('p2');
    await put({ ...version('p2'), SECRET_KEY: 'k2' }, 'AWSPENDING');
    await call();
    expect(databasePassword('SECRET_KEY', { secrets: these })()).toBe(sample.SECRET_KEY);
  });

  test('for a TTL, and for another each time it is accepted', async () => {
    const { call, put, password, driven } = await app('p2');
    await put(version('p2'), 'AWSPENDING');
    await call();
    await driven.advance(0.9 * ttl);
    await call();
    await driven.advance(0.9 * ttl);
    expect(password()).toBe('p2');
    await driven.advance(0.2 * ttl);
    expect(password()).toBe('p1');
  });

  test('and no more once another look finds it under no label', async () => {
    const { call, put, password, driven, db, move, app: these } = await app('p2');
    await put(version('p2'), 'AWSPENDING');
    await call();
    await move('AWSPENDING');
    const elsewhere = async () => {
      if ((await these.getSecret('SECRET_KEY')) !== 'never') throw refused();
    };
    const options = { secrets: these, keys: ['SECRET_KEY'], withinMs: 2_000 };
    await driven.drive(withAuthRetry(elsewhere, options)).catch(() => undefined);
    expect(db.tried).toEqual(['p1', 'p2']);
    expect(password()).toBe('p1');
  });

  test('but not what `get` answered, which may have gone anywhere', async () => {
    const { app: these, put, password, driven, db } = await app('p2');
    await put(version('p2'), 'AWSPENDING');
    const attempt = () => db.logIn(these.get('DB_PASSWORD'));
    await driven.drive(withAuthRetry(attempt, { secrets: these }));
    expect(password()).toBe('p1');
  });

  test('but not of a key that is not among those that are named', async () => {
    const { app: these, put, password, driven } = await app('p2');
    await put({ ...version('p2'), SECRET_KEY: 'k2' }, 'AWSPENDING');
    const attempt = async () => {
      password();
      if ((await these.getSecret('SECRET_KEY')) !== 'k2') throw refused();
    };
    await driven.drive(withAuthRetry(attempt, { secrets: these, keys: ['SECRET_KEY'] }));
    expect(password()).toBe('p1');
  });

  test('but not what was accepted before yet another version became current', async () => {
    const { app: these, put, move, password, driven, db } = await app('p2');
    const id = await put(version('p2'), 'AWSPENDING');
    const attempt = async () => {
      db.logIn(password());
      await move('AWSCURRENT', id);
      await these.refresh();
      await put(version('p3'), 'AWSCURRENT');
      await these.refresh();
    };
    await driven.drive(withAuthRetry(attempt, { secrets: these }));
    expect(password()).toBe('p3');
  });

  test('and an attempt is given the current values of all other keys', async () => {
    const { call, put, app: these } = await app('p2');
    await put({ ...version('p2'), SECRET_KEY: 'k2' }, 'AWSPENDING');
    const key = databasePassword('SECRET_KEY', { secrets: these });
    await call();
    const attempt = async () => [key(), await these.getSecret('SECRET_KEY')];
    const given = await withAuthRetry(attempt, { secrets: these });
    expect(given).toEqual([sample.SECRET_KEY, sample.SECRET_KEY]);
  });

  test('and is refused all the same once the secret is too old', async () => {
    const { call, put, password, driven, trouble } = await app('p2');
    await put(version('p2'), 'AWSPENDING');
    trouble();
    await driven.advance(1.9 * ttl);
    await call();
    trouble('denies access');
    await driven.advance(0.95 * ttl);
    await call().catch(() => undefined);
    await driven.advance(1.2 * ttl);
    expect(password).toThrow(expect.objectContaining({ code: 'SECRET_TOO_OLD' }));
  });

  test('and asking for it reads anew what is due', async () => {
    const { secretsWith, put, driven, db, readsOf } = await app('p2');
    const these = await secretsWith({ schema: texts('DB_PASSWORD'), refresh: 'on-access' }).ready();
    await put(version('p2'), 'AWSPENDING');
    const password = databasePassword('DB_PASSWORD', { secrets: these });
    await driven.drive(withAuthRetry(() => db.logIn(password()), { secrets: these }));
    await driven.advance(0.99 * ttl);
    const before = readsOf();
    password();
    await driven.advance(0);
    expect(readsOf()).toBeGreaterThan(before);
  });
});
