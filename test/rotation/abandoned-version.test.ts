import { describe, expect, test } from 'vitest';
import { runStep } from '../../src/rotation/run-step.ts';
import { anotherVersion, publish } from './support/another-version.ts';
import { refused } from './support/rotators.ts';
import { codeOf, expectPublishedToWork, first, startWorld, type World } from './support/world.ts';

/** A rotation that somebody's own change abandoned, and the credential it had made. */
async function abandoned(): Promise<{ world: World; made: string; version: string }> {
  const world = await startWorld();
  const version = await world.rotate('setSecret');
  const { API_TOKEN: made = '' } = world.pending();
  await edit(world);
  world.timeline.clear();
  return { world, made, version };
}

/** What an operator does in the console: one other key, everything else as it was. */
const edit = (world: World) =>
  publish(world, JSON.stringify({ ...world.current(), REGION: 'us-east-1' }));

const tokenOf = (text: string) => JSON.stringify({ ...first, API_TOKEN: text });

describe('what an abandoned rotation had made', () => {
  test('is ended by the next rotation, which succeeds', async () => {
    const { world, made } = await abandoned();
    expect(world.api.accepts(made)).toBe(true);

    const token = await world.rotate();

    expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    expect(world.current().REGION).toBe('us-east-1');
    expect(world.api.accepts(made)).toBe(false);
    expectPublishedToWork(world);
  });

  test('is ended by the daily run, once', async () => {
    const { world, made, version } = await abandoned();

    await world.reconcile();
    expect(world.api.accepts(made)).toBe(false);
    expect(world.at('KEYTURN_MADE')).toBeUndefined();
    expect(world.notes()).toContain('undone');
    world.timeline.clear();
    await world.reconcile();

    expect(world.timeline.only('drop KEYTURN_MADE')).toEqual([]);
    expect(version).not.toBe('');
    expectPublishedToWork(world);
  });

  test('is left alone where it was published since', async () => {
    const { world, made } = await abandoned();
    await publish(world, tokenOf(made));

    await world.reconcile();

    expect(world.verbs('API_TOKEN')).not.toContain('revoke');
    expect(world.verbs('DB_PASSWORD')).toContain('revoke');
    expect(world.api.accepts(made)).toBe(true);
    expectPublishedToWork(world);
  });

  test('is left alone where it was published since and superseded: its grace runs', async () => {
    const { world, made } = await abandoned();
    await publish(world, tokenOf(made));
    await publish(world, JSON.stringify(first));

    await world.reconcile();

    expect(world.notes()).toEqual(['undone', 'not-due']);
    expect(world.api.accepts(made)).toBe(true);
    expectPublishedToWork(world);
  });

  test.each([
    { what: 'is ended', current: () => first.API_TOKEN, ended: true },
    { what: 'is left alone where it is published', current: (made: string) => made, ended: false },
  ])('$what, though AWSPREVIOUS is no JSON object', async ({ current, ended }) => {
    const { world, made } = await abandoned();
    await publish(world, 'somebody stored a plain text');
    await publish(world, tokenOf(current(made)));

    await world.reconcile();

    expect(world.verbs('API_TOKEN').includes('revoke')).toBe(ended);
    expect(world.api.accepts(made)).toBe(!ended);
    expectPublishedToWork(world);
  });

  test('is nothing in a text that somebody put the label on: it comes off', async () => {
    const world = await startWorld();
    await anotherVersion(world, 'somebody stored a plain text', ['KEYTURN_MADE']);

    await world.reconcile();

    expect(world.at('KEYTURN_MADE')).toBeUndefined();
    expect(world.notes()).toEqual(['undone', 'nothing-owed']);
    expect(world.verbs('API_TOKEN')).toEqual(['probe']);
  });
});

describe('a commit and an undo of the same rotation side by side', () => {
  test('the undo just before the label move: AWSCURRENT goes back to what works', async () => {
    const world = await startWorld();
    const token = await world.rotate('testSecret');
    // The other call fails for good, and takes the rotation back right before this one commits.
    world.timeline.before('move AWSCURRENT', async () => {
      const other = { ...world.invocation('testSecret'), token };
      const [rotator, ...rest] = other.plan.rotators;
      if (!rotator) throw new Error('There is no rotator');
      const sick = { ...rotator, probe: refusedOnce(rotator.probe.bind(rotator)) };
      const plan = { ...other.plan, rotators: [sick, ...rest] };
      expect(await codeOf(runStep('testSecret', { ...other, plan }))).toBe('PROVIDER_REFUSED');
    });

    expect(await codeOf(world.run('finishSecret', token))).toBe('PENDING_REJECTED');

    expect(world.at('AWSCURRENT')?.versionId).toBe(world.firstVersion);
    expect(world.at('AWSPENDING')).toBeUndefined();
    expectPublishedToWork(world);
    await world.rotate();
    expectPublishedToWork(world);
  });

  test('the label move in the middle of the undo: AWSCURRENT goes back too', async () => {
    const world = await startWorld();
    const token = await world.rotate('testSecret');
    world.timeline.before('api.remove', async () => {
      await world.run('finishSecret', token);
      expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    });
    const other = { ...world.invocation('testSecret'), token };
    const [rotator, ...rest] = other.plan.rotators;
    if (!rotator) throw new Error('There is no rotator');
    const sick = { ...rotator, probe: refusedOnce(rotator.probe.bind(rotator)) };
    const plan = { ...other.plan, rotators: [sick, ...rest] };

    expect(await codeOf(runStep('testSecret', { ...other, plan }))).toBe('PROVIDER_REFUSED');

    expect(world.at('AWSCURRENT')?.versionId).toBe(world.firstVersion);
    expectPublishedToWork(world);
  });
});

/** Fails for good at the first call, and is itself again from then on. */
function refusedOnce<A, R>(real: (argument: A) => Promise<R>): (argument: A) => Promise<R> {
  const state = { calls: 0 };
  return async (argument) => {
    state.calls += 1;
    return state.calls === 1 ? refused() : real(argument);
  };
}
