import { AsyncLocalStorage } from 'node:async_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { withAuthRetry } from '../../src/app/with-auth-retry.ts';
import { inTrial } from '../../src/app/trial.ts';
import { rested } from './driven.ts';
import { loggingIn as app, version } from './logging-in.ts';
import { minute } from './support.ts';

test('trials that each begin within the one before are forgotten when they are over', async () => {
  const over: WeakRef<object>[] = [];
  const inContextOfLast = await new Promise<Context>((resolve) => {
    const run = () => {
      const trial = { of: over, give: () => undefined, giveWith: () => () => undefined };
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
