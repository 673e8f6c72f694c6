import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifyThroughRotation } from '../../src/app/verify-through-rotation.ts';
import { withAuthRetry } from '../../src/app/with-auth-retry.ts';
import { minute, sample, ttl, type TestWorld, world } from './support.ts';

const lambda = { AWS_LAMBDA_FUNCTION_NAME: 'reminders' };
const second = { ...sample, DB_PASSWORD: 'second' };

const between = (reads: TestWorld['reads']) =>
  reads.slice(1).map(({ at }, index) => at - (reads[index]?.at ?? 0));

describe('behaviour 2: read anew before it is too old', () => {
  test('is due anywhere from the half of the TTL to the whole of it, by chance', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 1, max: 600 }).map((s) => s * 1_000),
        async (chance, ttlMs) => {
          const { secrets, driven, reads } = await world({ random: () => chance });
          const begin = driven.now().getTime();
          await secrets({ ttlMs }).ready();
          await driven.advance(ttlMs);
          const due = (reads[1]?.at ?? 0) - begin;
          expect(due).toBeGreaterThanOrEqual(ttlMs / 2);
          expect(due).toBeLessThanOrEqual(ttlMs);
          expect(due).toBeCloseTo(ttlMs * (0.5 + chance / 2), -1);
        },
      ),
      { numRuns: 15 },
    );
  });

  test('by a timer on a server, though nobody asks', async () => {
    const { secrets, driven, reads, put } = await world();
    const these = await secrets().ready();
    const id = await put(second, 'AWSCURRENT');

    await driven.advance(ttl);

    expect(these.snapshot.versionId).toBe(id);
    await driven.advance(10 * ttl);
    expect(reads.length).toBeGreaterThanOrEqual(11);
    expect(Math.max(...between(reads))).toBeLessThanOrEqual(ttl);
  });

  test.each([
    { how: 'in Lambda', env: lambda, options: {} },
    { how: 'where it is asked for', env: {}, options: { refresh: 'on-access' as const } },
  ])('on access only, $how', async ({ env, options }) => {
    const { secrets, driven, reads } = await world({ env });
    const these = await secrets(options).ready();

    await driven.advance(3 * ttl);
    expect(driven.waiting).toBe(0);
    expect(reads).toHaveLength(1);

    these.get('DB_PASSWORD');
    await driven.advance(1);
    expect(reads).toHaveLength(2);
  });

  test('by a timer in Lambda where it is asked for', async () => {
    const { secrets, driven, reads } = await world({ env: lambda });
    await secrets({ refresh: 'timer' }).ready();
    await driven.advance(ttl);
    expect(reads).toHaveLength(2);
  });

  test('the old value is served meanwhile, and one read runs', async () => {
    const { secrets, driven, reads, put } = await world({ env: lambda });
    const these = await secrets().ready();
    await put(second, 'AWSCURRENT');
    await driven.advance(ttl);

    const meanwhile = Array.from({ length: 50 }, () => these.get('DB_PASSWORD'));
    await driven.advance(1);

    expect(new Set(meanwhile)).toEqual(new Set([sample.DB_PASSWORD]));
    expect(these.get('DB_PASSWORD')).toBe('second');
    expect(reads).toHaveLength(2);
  });

  test('the start of an invocation waits for a newer value where the TTL is over', async () => {
    const { secrets, driven, put } = await world({ env: lambda });
    const these = await secrets().ready();
    await put(second, 'AWSCURRENT');
    await driven.advance(10 * ttl);

    expect((await these.ready()).get('DB_PASSWORD')).toBe('second');
  });

  test('after close nothing is read, and what is in memory stays', async () => {
    const { secrets, driven, reads } = await world();
    const these = await secrets().ready();

    these.close();
    these.close();
    await driven.advance(20 * ttl);

    expect(driven.waiting).toBe(0);
    expect(these.get('DB_PASSWORD')).toBe(sample.DB_PASSWORD);
    await expect(these.ready()).resolves.toBe(these);
    expect(reads).toHaveLength(1);
  });

  test('after close no other version is read, whoever looks for one', async () => {
    const { secrets, reads } = await world();
    const these = await secrets().ready();
    these.close();

    const call = withAuthRetry(
      () => Promise.reject(Object.assign(new Error('no'), { code: '28P01' })),
      { secrets: these, withinMs: 0 },
    );
    await expect(call).rejects.toThrow('no');
    await verifyThroughRotation('DB_PASSWORD', () => false, { secrets: these });
    expect(reads).toHaveLength(1);
  });

  test('after close it stays in an outage, too, without an end', async () => {
    const { secrets, driven, trouble } = await world();
    const these = await secrets().ready();
    trouble('denies access');
    await driven.advance(ttl);
    these.close();
    await driven.advance(20 * ttl);
    expect(these.get('DB_PASSWORD')).toBe(sample.DB_PASSWORD);
  });

  test('one timer at a time, however often it is read by hand', async () => {
    const { secrets, driven } = await world();
    const these = await secrets().ready();
    for (let read = 0; read < 5; read += 1) await these.refresh();
    expect(driven.waiting).toBe(1);
  });

  test('a close in the midst of a read leaves no timer', async () => {
    const { secrets, driven } = await world();
    const these = secrets();
    const reading = these.ready();
    these.close();
    await reading;
    expect(driven.waiting).toBe(0);
  });

  test('without a TTL no timer reads on and on', async () => {
    const { secrets, driven, reads } = await world();
    await secrets({ ttlMs: 0 }).ready();
    await driven.advance(minute);
    expect(reads).toHaveLength(1);
  });

  test('ageMs grows until the next read', async () => {
    const { secrets, driven } = await world();
    const these = secrets();
    expect(these.ageMs).toBeUndefined();
    await these.ready();
    await driven.advance(1_234);
    expect(these.ageMs).toBe(1_234);
    await these.refresh();
    expect(these.ageMs).toBe(0);
  });
});

describe('behaviour 5: a failed read backs off', () => {
  test.each([0, 0.5, 0.999])(
    '1 s, doubled to 128 s, with half of it chance (%d)',
    async (chance) => {
      const { secrets, driven, reads, trouble } = await world({ random: () => chance });
      await secrets().ready();
      trouble('answers 503');

      await driven.advance(ttl + 10 * minute);

      const expected = [1, 2, 4, 8, 16, 32, 64, 128].map((s) => s * 1_000 * (0.5 + chance / 2));
      const pauses = between(reads).slice(1, 9);
      for (const [place, pause] of pauses.entries()) {
        expect(Math.abs(pause - (expected[place] ?? 0))).toBeLessThanOrEqual(1);
      }
      expect(Math.max(...between(reads).slice(1))).toBeLessThanOrEqual(128_000);
    },
  );

  test.each(['answers 503', 'hangs', 'denies access', 'cannot decrypt'] as const)(
    'nothing makes a call in between, where Secrets Manager %s',
    async (kind) => {
      const { secrets, clock, driven, readsOf, trouble } = await world({ env: lambda });
      const these = await secrets().ready();
      trouble(kind);
      await expect(these.refresh()).rejects.toThrow('could not be read');
      expect(readsOf()).toBe(2);

      const until = clock.now() + 700;
      await driven.drive(
        withAuthRetry(
          () => {
            throw Object.assign(new Error('refused'), { code: '28P01' });
          },
          { secrets: these, withinMs: 0 },
        ).catch(() => undefined),
      );
      await expect(these.refresh()).rejects.toThrow('could not be read');
      await these.ready();
      these.get('DB_PASSWORD');
      await these.getSecrets();

      expect(clock.now()).toBeLessThan(until);
      expect(readsOf()).toBe(2);
    },
  );

  test('a first read that fails backs off too', async () => {
    const { secrets, driven, reads, trouble } = await world({ env: lambda });
    trouble('answers 503');
    const these = secrets();
    for (let call = 0; call < 5; call += 1) {
      await expect(these.ready()).rejects.toThrow('could not be read');
    }
    expect(reads).toHaveLength(1);

    trouble();
    await driven.advance(1_000);
    await expect(these.ready()).resolves.toBe(these);
  });
});

describe('an outage of ten minutes', () => {
  test.each(['answers 503', 'answers 500', 'throttles', 'hangs'] as const)(
    'is not noticed, and costs few calls, where Secrets Manager %s',
    async (kind) => {
      const { secrets, driven, reads, trouble, put } = await world();
      const these = await secrets().ready();
      await driven.advance(ttl);
      const before = reads.length;
      trouble(kind);

      for (let s = 0; s < 600; s += 5) {
        await driven.advance(5_000);
        expect(these.get('DB_PASSWORD')).toBe(sample.DB_PASSWORD);
      }

      expect(reads.length - before).toBeGreaterThan(5);
      expect(reads.length - before).toBeLessThanOrEqual(14);
      trouble();
      await put(second, 'AWSCURRENT');
      await driven.advance(128_000);
      expect(these.get('DB_PASSWORD')).toBe('second');
      const healed = reads.length;
      await driven.advance(4 * ttl);
      expect(reads.length - healed).toBeLessThanOrEqual(8);
      expect(Math.min(...between(reads).slice(healed))).toBeGreaterThanOrEqual(ttl / 2);
    },
  );
});
