import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/rotation/diagnose.ts';
import { rehearseRotation } from '../../src/rotation/rehearse-rotation.ts';
import { leaseUntil } from '../../src/rotation/rollback-lease.ts';
import { putLabel } from './support/another-version.ts';
import { inspectIn, repairAll } from './support/repair.ts';
import { rolledOver } from './support/roll-back.ts';
import { abandoned, current, day, keyOf, look, previous, waysOut, works } from './support/sight.ts';
import { codeOf, type World } from './support/world.ts';

const lease = 'KEYTURN_UNDOING_20260604T120500Z_ab12';
const withLease = <V extends { readonly labels: readonly string[] }>(version: V) => ({
  ...version,
  labels: [...version.labels, lease],
});

describe('while something may be taken back, or published', () => {
  const due = keyOf(
    'A',
    { current: 'accepted', previous: 'accepted' },
    { supersededUntil: day(3) },
  );

  test.each([
    ['AWSCURRENT', [withLease(current), previous]],
    ['AWSPREVIOUS', [current, withLease(previous)]],
    ['what a rotation made', [current, previous, withLease(abandoned)]],
  ])('with %s, nothing is revoked, and until when is told', (_what, versions) => {
    expect(waysOut(versions, due)).toBe('none');
    expect(diagnose(look(versions, [due])).finding).toContain('2026-06-04T12:05:00.000Z');
  });

  test('what was abandoned is not revoked beside it either', () => {
    expect(waysOut([withLease(current), abandoned], works)).toBe('none');
  });

  test('nobody waits for what a rollback left', () => {
    const undone = { ...previous, labels: ['AWSPREVIOUS', 'KEYTURN_UNDONE', lease] };
    expect(waysOut([current, undone], due)).toBe('pay A previous');
  });
});

const rehearse = (world: World) => rehearseRotation(world.invocation('rehearse'));

describe('a rehearsal', () => {
  test('says until when a rotation would fail beside one that was taken back', async () => {
    const { world } = await rolledOver();
    await world.rotate('testSecret');
    expect(await repairAll(world)).toEqual(['take-back', 'none']);

    const { ready, obstacles } = await rehearse(world);
    expect({ ready, codes: obstacles.map(({ code }) => code) }).toEqual({
      ready: false,
      codes: ['ROTATION_IN_PROGRESS'],
    });
    expect(await codeOf(world.rotate())).toBe('ROTATION_IN_PROGRESS');
  });

  test('finds nothing from that time on, and a rotation succeeds', async () => {
    const { world } = await rolledOver();
    await world.rotate('testSecret');
    await repairAll(world);
    const [obstacle] = (await rehearse(world)).obstacles;
    const [until = ''] = /\d{4}-[^ ]+Z/.exec(obstacle?.message ?? '') ?? [];

    await world.clock.advance(Date.parse(until) - world.clock.now().getTime());
    await world.clock.advance(1);

    expect((await rehearse(world)).ready).toBe(true);
    expect(await codeOf(world.rotate())).toBeUndefined();
  });

  test('names the end of a lease whose holder died', async () => {
    const { world, token } = await rolledOver();
    const until = new Date(world.clock.now().getTime() + 35 * 60_000);
    await putLabel(world, leaseUntil(until), token);

    const [obstacle] = (await rehearse(world)).obstacles;

    expect(obstacle?.message).toContain(until.toISOString().slice(0, 19));
    expect((await inspectIn(world)).wayOut.finding).toContain(until.toISOString().slice(0, 19));
  });
});
