import { describe, expect, test } from 'vitest';
import { late, revokedOnStaleLabels, rollBackIn, undoneId, until } from './support/roll-back.ts';
import { codeOf, expectPublishedToWork, first } from './support/world.ts';

describe('beside the end of the grace', () => {
  test('the claim and the look come before the lease: refused, and the retirement goes on', async () => {
    const { world, token } = await late();
    const [claimed, answered] = [gate(), gate()];
    world.timeline.before('move KEYTURN_UNDOING', () => claimed.promise);
    world.timeline.before('api.remove', () => answered.promise);
    const rolling = codeOf(rollBackIn(world));
    await until(() => world.timeline.events.includes('move KEYTURN_UNDOING'));
    const reconciling = codeOf(world.reconcile());
    await until(() => world.timeline.events.includes('api.remove'));
    claimed.resolve();

    expect(await rolling).toBe('ROLLBACK_REFUSED');
    answered.resolve();

    expect(await reconciling).toBeUndefined();
    expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    expect(world.timeline.events).not.toContain('move AWSCURRENT');
    expectPublishedToWork(world);
  });

  test('the lease comes before the look: the retirement stops, and the rollback goes forward again', async () => {
    const { world, token } = await late();
    const stopped = gate();
    world.timeline.before('move AWSCURRENT', () => stopped.promise);
    const rolling = codeOf(rollBackIn(world));
    await until(() => world.timeline.events.includes('move AWSCURRENT'));

    expect(await codeOf(world.reconcile())).toBe('ROTATION_IN_PROGRESS');
    stopped.resolve();

    expect(await rolling).toBe('ROLLBACK_REFUSED');
    expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    expect(world.timeline.only('api.remove')).toEqual([]);
    expect(undoneId(world)).toBeUndefined();
    expect(world.notes()).toContain('rolled-forward');
    expectPublishedToWork(world);
    await world.reconcile();
    expect(world.api.accepts(first.API_TOKEN)).toBe(false);
    expectPublishedToWork(world);
  });

  test('the move comes first: the retirement stops, and withdraws its claim', async () => {
    const { world } = await late();
    const held = gate();
    world.timeline.before('move KEYTURN_RETIRING', () => held.promise);
    const reconciling = codeOf(world.reconcile());
    await until(() => world.timeline.events.includes('move KEYTURN_RETIRING'));

    expect(await rollBackIn(world)).toMatchObject({ outcome: 'rolled-back' });
    held.resolve();

    expect(await reconciling).toBe('ROTATION_IN_PROGRESS');
    expect(world.at('KEYTURN_RETIRING')).toBeUndefined();
    expect(world.timeline.only('api.remove')).toEqual([]);
    expect(await rollBackIn(world)).toMatchObject({ outcome: 'already-rolled-back' });
    expectPublishedToWork(world);
  });

  test('died after it took its lease: the retirement waits until that is over, whoever comes', async () => {
    const { world } = await late();
    const dying = new AbortController();
    world.timeline.after('move KEYTURN_UNDOING', () => dying.abort());
    await codeOf(rollBackIn(world, { signal: dying.signal, remainingMs: () => 300_000 }));

    expect(await codeOf(world.reconcile())).toBe('ROTATION_IN_PROGRESS');
    await world.reconcile(world.booked.findLast(({ purpose }) => purpose === 'undone')?.event);
    await world.clock.advance(329_000);
    expect(await codeOf(world.reconcile())).toBe('ROTATION_IN_PROGRESS');
    expect(world.api.accepts(first.API_TOKEN)).toBe(true);

    await world.clock.advance(1_000);
    await world.reconcile();
    expect(world.api.accepts(first.API_TOKEN)).toBe(false);
    expectPublishedToWork(world);
  });

  test('a late run of an earlier rollback takes no lease away from the one that is under way', async () => {
    const { world } = await late();
    const dying = new AbortController();
    world.timeline.after('move KEYTURN_UNDONE', () => dying.abort());
    await codeOf(rollBackIn(world, { signal: dying.signal }));
    await world.clock.advance(3_600_000);
    world.timeline.before('move AWSCURRENT', async () => {
      await codeOf(
        world.reconcile(world.booked.find(({ purpose }) => purpose === 'undone')?.event),
      );
      expect(await codeOf(world.reconcile())).toBe('ROTATION_IN_PROGRESS');
    });

    expect(await codeOf(rollBackIn(world))).toBe('ROLLBACK_REFUSED');

    expect(world.timeline.only('api.remove')).toEqual([]);
    expectPublishedToWork(world);
  });

  test('a reconcile that was shown labels from before the lease, and revoked: the recovery goes forward', async () => {
    const { world, token } = await revokedOnStaleLabels();
    const recovery = world.booked.findLast(({ purpose }) => purpose === 'recovery');

    await world.reconcile(recovery?.event);

    expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    expect(world.notes()).toContain('rolled-forward');
    expectPublishedToWork(world);
  });

  test('a reconcile that was shown labels from before the lease: the daily run goes forward, and no further', async () => {
    const { world, token } = await revokedOnStaleLabels();

    await world.reconcile();

    expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    expect(world.notes().at(-1)).toBe('rolled-forward');
    expectPublishedToWork(world);
  });

  test('a reconcile that was shown labels from before the lease, and a second run: forward, and refused', async () => {
    const { world, token } = await revokedOnStaleLabels();

    expect(await codeOf(rollBackIn(world))).toBe('ROLLBACK_REFUSED');

    expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    expectPublishedToWork(world);
  });
});

const gate = () => Promise.withResolvers<void>();
