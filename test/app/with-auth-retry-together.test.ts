import { AsyncLocalStorage } from 'node:async_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { databasePassword } from '../../src/app/database-password.ts';
import { withAuthRetry } from '../../src/app/with-auth-retry.ts';
import { inTrial } from '../../src/app/trial.ts';
import { rested } from './driven.ts';
import { loggingIn as app, version } from './logging-in.ts';
import { texts } from '../../src/app/schema.ts';
import { minute, sample, ttl } from './support.ts';

const refused = () => Object.assign(new Error('refused'), { status: 401 });

describe('many at once', () => {
  test('a hundred callers in the gap make few calls of Secrets Manager', async () => {
    const { app: these, put, driven, reads, password, db } = await app('p2');
    await put(version('p2'), 'AWSPENDING');
    const callers = Array.from({ length: 100 }, () =>
      withAuthRetry(() => db.logIn(password()), { secrets: these }),
    );
    await expect(driven.drive(Promise.all(callers))).resolves.toEqual(Array(100).fill('in'));
    expect(reads.map(({ label }) => label)).toEqual(['AWSCURRENT', 'AWSCURRENT', 'AWSPENDING']);
  });

  test('a hundred that missed a rotation share the read that tells them', async () => {
    const { app: these, put, driven, reads, password, db } = await app('p2');
    await put(version('p2'), 'AWSCURRENT');
    const callers = Array.from({ length: 100 }, () =>
      withAuthRetry(() => db.logIn(password()), { secrets: these }),
    );
    await driven.drive(Promise.all(callers));
    expect(db.tried).toEqual([...Array(100).fill('p1'), ...Array(100).fill('p2')]);
    expect(reads.map(({ label }) => label)).toEqual(['AWSCURRENT', 'AWSCURRENT']);
  });

  test('a hundred that wait for the label make few calls as well', async () => {
    const { app: these, put, driven, reads, password, db } = await app('p2');
    driven.after(30_000, () => void put(version('p2'), 'AWSCURRENT'));
    const callers = Array.from({ length: 100 }, () =>
      withAuthRetry(() => db.logIn(password()), { secrets: these }),
    );
    await driven.drive(Promise.all(callers));
    expect(reads.length).toBeLessThan(40);
  });

  test('in an outage nobody retries into it', async () => {
    const { app: these, trouble, driven, reads, password, db } = await app('p2');
    trouble('answers 503');
    const callers = Array.from({ length: 50 }, () =>
      withAuthRetry(() => db.logIn(password()), { secrets: these }).catch(() => 'out'),
    );
    await driven.drive(Promise.all(callers));
    // Each label by its own back-off: 1, 2, 4, 8, 16, 32 s in a minute.
    for (const label of ['AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS']) {
      expect(reads.filter((read) => read.label === label).length).toBeLessThanOrEqual(10);
    }
  });

  test('secrets in two trials do not mix', async () => {
    const one = await app('p2');
    const other = await app('q2');
    await one.put(version('p2'), 'AWSPENDING');
    await other.put(version('q2'), 'AWSPENDING');
    await Promise.all([one.call(), other.call()]);
    expect(one.db.tried).toEqual(['p1', 'p2']);
    expect(other.db.tried).toEqual(['p1', 'q2']);
  });

  test('a trial within one of other secrets leaves the outer one its values', async () => {
    const outer = await app('p2');
    const inner = await app('q2');
    await outer.put(version('p2'), 'AWSPENDING');
    await inner.put(version('q2'), 'AWSPENDING');
    const nested = () =>
      withAuthRetry(
        () => [inner.db.logIn(inner.password()), outer.db.logIn(outer.password())].join(),
        { secrets: inner.app, isAuthError: () => inner.db.tried.at(-1) !== 'q2' },
      );
    const call = withAuthRetry(nested, { secrets: outer.app });
    await expect(inner.driven.drive(outer.driven.drive(call))).resolves.toBe('in,in');
    expect(outer.db.tried).toEqual(['p1', 'p2']);
  });

  test('a trial within one of the same secrets succeeds as one alone', async () => {
    const { app: these, put, driven, password, db } = await app('p2');
    await put(version('p2'), 'AWSPENDING');
    const inner = () => withAuthRetry(() => db.logIn(password()), { secrets: these });
    await expect(driven.drive(withAuthRetry(inner, { secrets: these }))).resolves.toBe('in');
    expect(db.tried).toEqual(['p1', 'p2']);
  });

  test('what a trial left running is no part of it any more', async () => {
    const { app: these, password, put } = await app();
    const gate = Promise.withResolvers<void>();
    const attempt = () => ({ atOnce: password(), left: gate.promise.then(password) });
    const { atOnce, left } = await withAuthRetry(attempt, { secrets: these });
    await put(version('p2'), 'AWSCURRENT');
    await these.refresh();

    const goOn = () => {
      gate.resolve();
      return left;
    };
    const another = withAuthRetry(goOn, { secrets: these });

    expect(atOnce).toBe('p1');
    await expect(another).resolves.toBe('p2');
  });
});

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

describe('a connection that a pool opens as a part of something else', () => {
  test('takes what was not refused, and counts where the attempt asked for nothing', async () => {
    const { app: these, put, password, driven, db } = await app('p2');
    await put(version('p2'), 'AWSPENDING');
    const pool = AsyncLocalStorage.snapshot();
    const attempt = () => pool(() => db.logIn(password()));
    await expect(driven.drive(withAuthRetry(attempt, { secrets: these }))).resolves.toBe('in');
    expect(db.tried).toEqual(['p1', 'p2']);
  });

  test('is not refused twice with one value', async () => {
    const { app: these, put, password, driven, db } = await app('never');
    await put(version('p2'), 'AWSPENDING');
    const pool = AsyncLocalStorage.snapshot();
    const attempt = () => pool(() => db.logIn(password()));
    await expect(driven.drive(withAuthRetry(attempt, { secrets: these }))).rejects.toThrow('pass');
    expect(db.tried).toEqual(['p1', 'p2']);
  });

  test('takes the current value again after a minute, though an attempt goes on', async () => {
    const { app: these, put, password, driven } = await app('p2');
    await put(version('p2'), 'AWSPENDING');
    const pool = AsyncLocalStorage.snapshot();
    const attempt = async () => {
      if (password() === 'p1') throw refused();
      const soon = pool(password);
      await driven.advance(minute + 1);
      return [soon, pool(password)];
    };
    const call = withAuthRetry(attempt, { secrets: these });
    await expect(call).resolves.toEqual(['p2', 'p1']);
  });

  test('takes the current value again when nobody searches any more', async () => {
    const { call, password } = await app('never');
    await expect(call()).rejects.toThrow('password');
    expect(password()).toBe('p1');
  });
});

test('trials that each begin within the one before are forgotten when they are over', async () => {
  const over: WeakRef<object>[] = [];
  const inContextOfLast = await new Promise<Context>((resolve) => {
    const run = () => {
      const trial = { of: over, give: () => undefined };
      over.push(new WeakRef(trial));
      const next = () => {
        if (over.length < 4) setImmediate(run);
        else resolve(AsyncLocalStorage.snapshot());
      };
      void inTrial(trial, next);
    };
    run();
  });
  await rested();

  collectGarbage();

  expect(over.slice(0, 2).map((trial) => trial.deref())).toEqual([undefined, undefined]);
  inContextOfLast(() => undefined);
});

type Context = ReturnType<typeof AsyncLocalStorage.snapshot>;

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('Garbage cannot be collected.');
  Reflect.apply(collect, undefined, []);
}

describe('an attempt that takes long', () => {
  test('is given what became current meanwhile, for keys that it did not ask for before', async () => {
    const { app: these, put } = await app();
    const attempt = async () => {
      await put(version('p2'), 'AWSCURRENT');
      await these.refresh();
      return these.get('DB_PASSWORD');
    };
    await expect(withAuthRetry(attempt, { secrets: these })).resolves.toBe('p2');
  });

  test('is given what others are after a minute', async () => {
    const { app: these, put, password, driven } = await app();
    const attempt = async () => {
      const atFirst = password();
      await put(version('p2'), 'AWSCURRENT');
      await these.refresh();
      const [soon] = [password(), await driven.advance(minute + 1)];
      return [atFirst, soon, password()];
    };
    const call = withAuthRetry(attempt, { secrets: these });
    await expect(call).resolves.toEqual(['p1', 'p1', 'p2']);
  });
});
