import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import { withAuthRetry } from '../../src/app/with-auth-retry.ts';
import { loggingIn as app, version } from './logging-in.ts';
import { minute } from './support.ts';

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
