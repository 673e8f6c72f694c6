import { describe, expect, test } from 'vitest';
import { leaseUntil } from '../../src/rotation/rollback-lease.ts';
import {
  makeCurrent,
  publish,
  putLabel,
  storePending,
  takeOff,
} from './support/another-version.ts';
import { markIn, marksOn, shop } from './support/compromised.ts';
import { proposalIn, repairIn } from './support/repair.ts';
import { rollBackIn, rolledOver } from './support/roll-back.ts';
import { codeOf, expectPublishedToWork, failureOf, type World } from './support/world.ts';

const takenBack = async (world: World) => repairIn(world, await proposalIn(world));

const tokenAt = ({ at }: World, label: string): string =>
  String(Object(JSON.parse(at(label)?.secretString ?? '{}')).API_TOKEN);

describe('what a person had taken back', () => {
  test('is not revoked by a step of it that is tried again, as another step may yet publish it', async () => {
    const { world } = await rolledOver();
    const token = await world.rotate('testSecret');
    const dying = new AbortController();
    world.timeline.before('move AWSCURRENT', async () => {
      await takenBack(world);
      expect(await codeOf(world.run('testSecret', token))).toBe('TOKEN_NOT_PENDING');
    });
    world.timeline.after('move AWSCURRENT', () => dying.abort());

    await codeOf(world.run('finishSecret', token, { signal: dying.signal }));

    expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    const recovery = world.booked.findLast(({ purpose }) => purpose === 'recovery');
    await world.reconcile(recovery?.event);
    expectPublishedToWork(world);
  });
});

test('what AWSCURRENT may come back to is not revoked until the lease on it ends', async () => {
  const { world, token } = await rolledOver();
  await makeCurrent(world, world.firstVersion);
  await takeOff(world, 'AWSPENDING');
  const made = tokenAt(world, 'AWSPREVIOUS');
  await putLabel(world, leaseUntil(new Date(world.clock.now().getTime() + 600_000)), token);

  expect(await codeOf(world.reconcile({ secret: world.arn }))).toBe('ROTATION_IN_PROGRESS');
  expect(world.api.accepts(made)).toBe(true);
  await world.clock.advance(900_000);
  await world.reconcile({ secret: world.arn });

  expect(world.api.accepts(made)).toBe(false);
  expectPublishedToWork(world);
});

describe('a mark of a compromised value', () => {
  test('that is set while a rollback rehearses stops it', async () => {
    const world = await shop();
    await world.rotate();
    await world.clock.advance(1_000);
    world.timeline.before('db.rehearse', async () => void (await markIn(world, 'SIGNING_KEY')));

    expect(await codeOf(rollBackIn(world))).toBe('ROLLBACK_REFUSED');

    expect(marksOn(world, 'AWSCURRENT')).toEqual(['KEYTURN_COMPROMISED_SIGNING_KEY']);
    expectPublishedToWork(world);
  });

  test('is refused while a step of a rotation that was taken back may publish its value', async () => {
    const world = await shop();
    await world.rotate();
    await world.clock.advance(1_000);
    await world.rotate('testSecret');
    await takenBack(world);

    const { code, message } = await failureOf(markIn(world, 'SIGNING_KEY'));

    expect(code).toBe('ROTATION_IN_PROGRESS');
    expect(message).toMatch(/again after 20\d\d-/);
    await world.clock.advance(900_000);
    await markIn(world, 'SIGNING_KEY');
    expect(marksOn(world, 'AWSCURRENT')).toEqual(['KEYTURN_COMPROMISED_SIGNING_KEY']);
  });

  test('is refused beside a lease of somebody who died, with the time of its end', async () => {
    const world = await shop();
    const end = new Date(world.clock.now().getTime() + 35 * 60_000);
    await putLabel(world, leaseUntil(end), world.firstVersion);

    const { message } = await failureOf(markIn(world, 'SIGNING_KEY'));

    expect(message).toContain(end.toISOString().slice(0, 16));
    expect(message).not.toContain('end it with keyturn repair');
  });
});

test('AWSCURRENT is not put back where a rotation stored its value under the lease', async () => {
  const { world } = await rolledOver();
  await world.clock.advance(1_000);
  const stored = await publish(
    world,
    JSON.stringify({ ...world.current(), API_TOKEN: 'of-nobody', REGION: 'x' }),
  );
  const confirmed = await proposalIn(world);
  const token = 'a'.repeat(36);
  world.timeline.after('move KEYTURN_UNDOING', async () => {
    world.begin(token);
    world.api.room = 9;
    await storePending(world, token);
  });

  expect(confirmed.way).toBe('put-back');
  expect(await codeOf(repairIn(world, confirmed))).toBe('CURRENT_CHANGED');

  expect(world.at('AWSCURRENT')?.versionId).toBe(stored);
});

test('what an abandoned rotation made is not revoked beside who is moving AWSCURRENT', async () => {
  const { world } = await rolledOver();
  await world.rotate('testSecret');
  const made = world.pending()['API_TOKEN'] ?? '';
  await world.clock.advance(1_000);
  await publish(world, JSON.stringify(world.current()));
  const current = world.at('AWSCURRENT')?.versionId ?? '';
  world.timeline.after('api.log-in', () =>
    putLabel(world, leaseUntil(new Date(world.clock.now().getTime() + 60_000)), current),
  );

  expect(await codeOf(world.reconcile({ secret: world.arn }))).toBe('ROTATION_IN_PROGRESS');

  expect(world.api.accepts(made)).toBe(true);
});
