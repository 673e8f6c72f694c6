import { setTimeout } from 'node:timers/promises';
import { RotateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, onTestFinished, test } from 'vitest';
import { realClock } from '../../../src/local/clock.ts';
import { consumers } from '../../../src/local/consumers/consumers.ts';
import { surroundingsAt, whereaboutsOf } from '../../../src/local/consumers/surroundings.ts';
import { turnOn } from '../../../src/local/demo/turn-on.ts';
import { production } from '../../../src/local/stack/environments.ts';
import { startStack } from '../../../src/local/stack/stack.ts';
import { everyKey, strategies } from '../../../src/local/strategies/list.ts';
import type { Strategy, UseName } from '../../../src/local/strategies/strategy.ts';
import { rotatorKinds } from '../../../src/rotators/list.ts';
import { whereMissing } from '../../support/servers/where-missing.ts';

test('each rotator has a strategy that is called after it, or begins so', () => {
  const names = strategies.map(({ name }) => name);

  for (const { name } of rotatorKinds) expect(names).toContain(name);
  expect(new Set(names).size).toBe(names.length);
});

for (const strategy of [everyKey, ...strategies]) {
  const { name, keys, server } = strategy;
  const missing = server ? await whereMissing(server) : '';

  describe.skipIf(missing)(`${name}${missing}`, () => {
    test('rotates its keys twice, by calls that are granted, and what is published works', async () => {
      const { stack, rotate, read, use } = await started(strategy);
      const before = read();

      expect(await rotate()).toBe('RotationSucceeded');
      const between = read();
      await use();
      expect(await rotate()).toBe('RotationSucceeded');
      await use();

      expect(changedKeys(before, between)).toEqual(expect.arrayContaining([...keys]));
      expect(changedKeys(between, read())).toEqual(expect.arrayContaining([...keys]));
      expect(stack.iam?.report().denied).toEqual([]);
    }, 90_000);
  });
}

/** The stack with a strategy, and both kinds of users of what it rotates. */
async function started(strategy: Strategy) {
  const stack = await startStack({ clock: realClock, grace: '1s', strategy, enforceIam: true });
  onTestFinished(() => stack.stop());
  const client = new SecretsManagerClient(stack.clientConfig);
  onTestFinished(() => client.destroy());
  await turnOn(client, stack);
  const surroundings = await surroundingsAt(whereaboutsOf(stack));
  onTestFinished(() => surroundings.close());
  const used = strategy.uses
    .filter(isInProcess)
    .map((use) => ({ use, consumer: consumers[use](surroundings) }));

  return {
    stack,
    read: (): Readonly<Record<string, unknown>> =>
      JSON.parse(stack.secretsManager.inspect(production.secretName)?.secretString ?? '{}'),
    /** Resolves when what was superseded ended, too. */
    rotate: async () => {
      const events: string[] = [];
      const stop = stack.secretsManager.onEvent(({ type }) => void events.push(type));
      await client.send(new RotateSecretCommand({ SecretId: production.secretName }));
      await stack.secretsManager.idle();
      stop();
      while (strategy.grace && !superseded().includes('KEYTURN_RETIRED')) await setTimeout(50);
      return events.at(-1);
    },
    use: async () => {
      for (const { consumer, use } of used) {
        await consumer.application();
        // Who knows the newest key alone cannot verify what an earlier one signed.
        if (use !== 'sessions') await consumer.bare();
      }
    },
  };

  function superseded(): readonly string[] {
    return stack.secretsManager.inspect(production.secretName, 'AWSPREVIOUS')?.stages ?? [];
  }
}

const isInProcess = (use: UseName): use is keyof typeof consumers => use in consumers;

function changedKeys(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.keys(after).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
}
