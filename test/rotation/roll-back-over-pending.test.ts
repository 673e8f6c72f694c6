import { describe, expect, test } from 'vitest';
import { storePending } from './support/another-version.ts';
import { rolledOver, rollBackIn } from './support/roll-back.ts';
import { refused } from './support/rotators.ts';
import { codeOf, expectPublishedToWork, failureOf } from './support/world.ts';

describe('a rotation under way', () => {
  test.each(['setSecret', 'testSecret'] as const)(
    'is taken back first, after %s: none of it is left working',
    async (last) => {
      const { world } = await rolledOver();
      world.api.room = 3;
      const token = world.begin();
      for (const step of ['createSecret', 'setSecret', 'testSecret'] as const) {
        // Without settling, so that there is something to go back to.
        if (step === 'createSecret') await storePending(world, token);
        else await world.run(step, token);
        if (step === last) break;
      }
      const pending = world.pending();

      expect(await rollBackIn(world)).toMatchObject({ outcome: 'rolled-back' });

      expect(world.at('AWSPENDING')).toBeUndefined();
      expect(world.api.accepts(pending.API_TOKEN ?? '')).toBe(false);
      expectPublishedToWork(world);
    },
  );

  test('that cannot be taken back refuses the rollback, and keeps its label', async () => {
    const { world } = await rolledOver();
    world.api.room = 3;
    const token = world.begin();
    await storePending(world, token);
    world.timeline.before('api.remove', refused);

    expect(await failureOf(rollBackIn(world))).toMatchObject({
      code: 'ROLLBACK_REFUSED',
      key: 'API_TOKEN',
    });

    expect(world.at('AWSPENDING')?.versionId).toBe(token);
    expect(world.timeline.only('db.set', 'move AWSCURRENT')).toEqual([]);
    expectPublishedToWork(world);
  });

  test('that has no value yet merely loses its label', async () => {
    const { world } = await rolledOver();
    const token = world.begin();

    expect(await rollBackIn(world)).toMatchObject({ outcome: 'rolled-back' });
    expect(world.at('AWSPENDING')).toBeUndefined();
    expect(await codeOf(world.run('setSecret', token))).toBe('TOKEN_UNKNOWN');
    expectPublishedToWork(world);
  });

  test('a value it stores while its label comes off is taken back too', async () => {
    const { world } = await rolledOver();
    world.api.room = 3;
    const token = world.begin();
    let made = '';
    world.timeline.before('drop AWSPENDING', async () => {
      made = await storePending(world, token);
    });

    expect(await rollBackIn(world)).toMatchObject({ outcome: 'rolled-back' });
    expect(made).not.toBe('');
    expect(world.api.accepts(made)).toBe(false);
    expectPublishedToWork(world);
  });
});
