import { AsyncLocalStorage } from 'node:async_hooks';
import { inspect } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/app/clock.ts';
import { createSecrets, secretsIn } from '../../src/app/create-secrets.ts';
import type { FetchedVersion } from '../../src/app/fetch-version.ts';
import { SecretsError } from '../../src/app/secrets-error.ts';
import { texts } from '../../src/app/schema.ts';
import { verifyThroughRotation } from '../../src/app/verify-through-rotation.ts';
import { lines, minute, sample, secretId, ttl, world } from './support.ts';

const hour = 60 * minute;
const schema = texts('DB_PASSWORD');

afterEach(() => void vi.useRealTimers());

test('a timer that is early does not end the reads', async () => {
  const { driven, clock } = await world();
  const state = { reads: 0, fails: false };
  const secrets = secretsIn(
    {
      // Node cuts off what is less than a millisecond.
      clock: { ...clock, after: (ms, call) => clock.after(Math.max(1, ms - 1), call) },
      async fetchVersion() {
        state.reads += 1;
        if (state.fails) throw down();
        return { versionId: 'v1', createdAt: 0, labels: [], document: sample };
      },
    },
    { secretId, schema, log: false },
  );
  await secrets.ready();
  state.fails = true;
  await driven.advance(2 * ttl);
  const inTrouble = state.reads;
  state.fails = false;
  await driven.advance(2 * ttl);

  expect(inTrouble).toBeGreaterThan(5);
  expect(state.reads).toBeGreaterThan(inTrouble);
  await driven.advance(2 * hour);
  expect(secrets.get('DB_PASSWORD')).toBe(sample.DB_PASSWORD);
});

describe('what was refused', () => {
  test('is not served again because something else fails afterwards', async () => {
    const { secrets, driven, trouble } = await world();
    const these = await secrets().ready();
    trouble('denies access');
    await driven.advance(2 * ttl + 1_000);
    expect(() => these.get('DB_PASSWORD')).toThrow('too old');

    trouble('answers 503');
    for (let minutes = 0; minutes < 30; minutes += 1) {
      await driven.advance(minute);
      expect(() => these.get('DB_PASSWORD')).toThrow('too old');
    }
  });
});

/** A client that answers so often, and then never more. */
function clientAnswering(times: number) {
  const state = { calls: 0 };
  const send = async () => {
    state.calls += 1;
    if (state.calls > times) return new Promise(() => undefined);
    return { VersionId: 'v1', VersionStages: [], SecretString: JSON.stringify(sample) };
  };
  return { state, client: { send } };
}

describe('a client that never answers', () => {
  test('is given up after ten seconds, the first time', async () => {
    vi.useFakeTimers();
    const never = clientAnswering(0);
    const secrets = createSecrets({ secretId, client: never.client, schema, log: false });
    const failure = secrets.ready().catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await failure).toMatchObject({ code: 'SECRET_UNREACHABLE' });
    secrets.close();
  });

  test('does not have an old value served without a limit', async () => {
    vi.useFakeTimers();
    const once = clientAnswering(1);
    const secrets = createSecrets({ secretId, client: once.client, schema, log: false });
    await secrets.ready();
    await vi.advanceTimersByTimeAsync(ttl + hour + minute);
    expect(() => secrets.get('DB_PASSWORD')).toThrow('too old');
    expect(once.state.calls).toBeGreaterThan(10);
    secrets.close();
  });
});

describe('a clock that is set', () => {
  test('back by hours does not stop the time of the library', () => {
    vi.useFakeTimers();
    const before = systemClock.now();
    vi.advanceTimersByTime(10_000);
    vi.setSystemTime(Date.now() - 3 * hour);
    expect(systemClock.now() - before).toBe(10_000);
    vi.advanceTimersByTime(60_000);
    expect(systemClock.now() - before).toBe(70_000);
  });

  test('ahead, as after a sleep, counts as time that has passed', () => {
    vi.useFakeTimers();
    const before = systemClock.now();
    vi.setSystemTime(Date.now() + hour);
    expect(systemClock.now() - before).toBe(hour);
    vi.advanceTimersByTime(1_500);
    expect(systemClock.now() - before).toBe(hour + 1_500);
  });
});

test('a log that rejects is no unhandled rejection', async () => {
  const { secrets, trouble } = await world();
  const told = { times: 0 };
  const log = lines();
  // As JavaScript may have it: a log that writes somewhere, and fails.
  Object.assign(log, {
    async warn() {
      told.times += 1;
      throw new Error('disk full');
    },
  });
  const these = await secrets({ log }).ready();
  trouble('answers 503');
  await expect(these.refresh()).rejects.toMatchObject({ code: 'SECRET_UNREACHABLE' });
  await new Promise((resolve) => setImmediate(resolve));
  expect(told.times).toBe(1);
});

test('reads in the background belong to nobody’s request', async () => {
  const request = new AsyncLocalStorage<string>();
  const contexts: (string | undefined)[] = [];
  const { secrets, driven } = await world();
  const these = secrets({ on: { refresh: () => void contexts.push(request.getStore()) } });
  await request.run('request 1', () => these.ready());
  await driven.advance(3 * ttl);

  expect(contexts[0]).toBe('request 1');
  expect(contexts.length).toBeGreaterThan(2);
  expect(contexts.slice(1).every((context) => context === undefined)).toBe(true);
});

/** Reads that answer one after the other, as they are told. */
async function lambdaThatReads() {
  const { clock, driven } = await world();
  const answers: PromiseWithResolvers<FetchedVersion>[] = [];
  const secrets = secretsIn(
    {
      clock,
      env: { AWS_LAMBDA_FUNCTION_NAME: 'f' },
      fetchVersion() {
        answers.push(Promise.withResolvers());
        return answers.at(-1)?.promise ?? Promise.reject(down());
      },
    },
    { secretId, schema, log: false },
  );
  const first = secrets.ready();
  answers[0]?.resolve(fetched('v1'));
  await first;
  await driven.advance(ttl + minute);
  secrets.get('DB_PASSWORD');
  return { driven, answers, ready: secrets.ready(), secrets };
}

describe('in Lambda, ready() that joins a read which fails', () => {
  test('reads again where that was frozen with the process', async () => {
    const { driven, answers, ready, secrets } = await lambdaThatReads();
    await driven.advance(20 * minute);
    answers[1]?.reject(down());
    await driven.advance(0);
    answers[2]?.resolve(fetched('v2'));
    await ready;
    expect(secrets.get('DB_PASSWORD')).toBe('v2');
  });

  test('backs off where that failed in its time', async () => {
    const { driven, answers, ready, secrets } = await lambdaThatReads();
    answers[1]?.reject(down());
    await driven.advance(0);
    await ready;
    expect(answers).toHaveLength(2);
    expect(secrets.get('DB_PASSWORD')).toBe('v1');
  });
});

const down = () => new SecretsError('SECRET_UNREACHABLE', 'It is down.');

const fetched = (versionId: string) => ({
  versionId,
  createdAt: 0,
  labels: [],
  document: { DB_PASSWORD: versionId },
});

test('where the version before may not be read, that is logged and it counts no more', async () => {
  const log = lines();
  const { clock, driven } = await world();
  const state = { isRefused: false };
  const secrets = secretsIn(
    {
      clock,
      fetchVersion: async (stage) => {
        if (stage === 'AWSCURRENT') return fetched('v2');
        if (state.isRefused) throw new SecretsError('SECRET_REFUSED', 'It may not be read.');
        return stage === 'AWSPREVIOUS' ? fetched('v1') : undefined;
      },
    },
    { secretId, schema, log },
  );
  const isV1 = () => verifyThroughRotation('DB_PASSWORD', (value) => value === 'v1', { secrets });
  expect(await isV1()).toBe(true);
  state.isRefused = true;
  await driven.advance(3 * ttl);
  expect(await isV1()).toBe(false);
  expect(log.said).toContain('warn: It may not be read. [SECRET_REFUSED]');
});

test('what lists the properties of a snapshot finds no value', async () => {
  const { secrets } = await world();
  const { snapshot } = await secrets().ready();
  const listed = inspect(snapshot, { customInspect: false, depth: null });
  expect(listed).toContain('versionId');
  expect(`${listed} ${JSON.stringify({ ...snapshot })}`).not.toContain(sample.DB_PASSWORD);
});
