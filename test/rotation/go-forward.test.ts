import { describe, expect, test } from 'vitest';
import { goForward } from '../../src/rotation/go-forward.ts';
import { makeCurrent, takeOff } from './support/another-version.ts';
import { unreachable } from './support/rotators.ts';
import { revokedOnStaleLabels, rolledOver, rollBackIn, undoneId } from './support/roll-back.ts';
import { codeOf, expectPublishedToWork, first, startWorld, type World } from './support/world.ts';

/** The two versions as a rollback that is stopped has them. */
async function readBoth({ invocation, firstVersion }: World, token: string) {
  const { secret } = invocation('reconcile');
  const [from, to] = await Promise.all(
    [firstVersion, token].map((versionId) => secret.read({ versionId })),
  );
  if (!from || !to) throw new Error('A version is missing');
  return { from, to };
}

describe('going forward again', () => {
  test('may run twice', async () => {
    const { world, token } = await revokedOnStaleLabels();
    const change = await readBoth(world, token);
    const switching = world.invocation('reconcile').plan.rotators;

    await goForward(world.invocation('reconcile'), change, switching);
    await goForward(world.invocation('reconcile'), change, switching);

    expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    expect(undoneId(world)).toBeUndefined();
    expectPublishedToWork(world);
  });
});

describe('AWSCURRENT stays where it is', () => {
  test('while a system gives no answer, though its target is being retired', async () => {
    const { world } = await revokedOnStaleLabels();
    world.timeline.before('api.log-in', unreachable);

    expect(await codeOf(world.reconcile())).toBe('UNREACHABLE');

    expect(world.at('AWSCURRENT')?.versionId).toBe(world.firstVersion);
    expect(world.notes()).not.toContain('rolled-forward');
  });

  test('where somebody else ended its credential, and no retirement did', async () => {
    const { world } = await rolledOver();
    await rollBackIn(world);
    world.api.forget(first.API_TOKEN);

    expect(await codeOf(world.reconcile())).toBe('CURRENT_REJECTED');

    expect(world.at('AWSCURRENT')?.versionId).toBe(world.firstVersion);
  });

  test('where somebody made a retired version current by hand: no rollback did', async () => {
    const world = await startWorld();
    await world.rotate();
    await world.clock.advance(3_600_000);
    await world.reconcile();
    await makeCurrent(world, world.firstVersion);

    expect(await codeOf(world.reconcile())).toBe('CURRENT_REJECTED');

    expect(world.at('AWSCURRENT')?.versionId).toBe(world.firstVersion);
  });

  test('where the version that was undone works no more either', async () => {
    const { world } = await revokedOnStaleLabels();
    const { API_TOKEN = '' } = JSON.parse(world.at('AWSPREVIOUS')?.secretString ?? '{}');
    world.api.forget(API_TOKEN);

    expect(await codeOf(world.reconcile())).toBe('CURRENT_REJECTED');

    expect(world.at('AWSCURRENT')?.versionId).toBe(world.firstVersion);
  });

  test('where the mark of what was undone is gone', async () => {
    const { world } = await revokedOnStaleLabels();
    await takeOff(world, 'KEYTURN_UNDONE');

    expect(await codeOf(world.reconcile())).toBe('CURRENT_REJECTED');

    expect(world.at('AWSCURRENT')?.versionId).toBe(world.firstVersion);
  });
});
