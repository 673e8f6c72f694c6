import { describe, expect, test } from 'vitest';
import { start } from './support.ts';

describe('a password reset', () => {
  test('is pending at once, shows later, is in force after that, and leaves nothing pending', async () => {
    const { applied, clock, describeInstance, modifyInstance, rds, seed } = await start();
    rds.addInstance(seed());

    const { DBInstance: answered } = await modifyInstance('second-password');

    expect(answered?.DBInstanceStatus).toBe('available');
    expect(answered?.PendingModifiedValues).toEqual({ MasterUserPassword: '****' });

    await clock.advance(149);
    expect((await describeInstance())?.DBInstanceStatus).toBe('available');
    await clock.advance(1);
    expect((await describeInstance())?.DBInstanceStatus).toBe('resetting-master-credentials');
    await clock.advance(249);
    expect(applied).toEqual([]);
    await clock.advance(1);
    expect(applied).toEqual(['second-password']);
    expect((await describeInstance())?.DBInstanceStatus).toBe('resetting-master-credentials');
    await clock.advance(50);

    expect(await describeInstance()).toMatchObject({ DBInstanceStatus: 'available' });
    expect((await describeInstance())?.PendingModifiedValues).not.toHaveProperty(
      'MasterUserPassword',
    );
    expect(rds.resets).toMatchObject([{ identifier: 'reminder-app', outcome: 'applied' }]);
  });

  test('can happen without ever showing in the status', async () => {
    const { applied, clock, describeInstance, modifyInstance, rds, seed } = await start();
    rds.addInstance(seed());
    rds.behaviour.showStatus = false;
    await modifyInstance('second-password');

    await clock.advance(200);

    expect((await describeInstance())?.DBInstanceStatus).toBe('available');
    await clock.advance(200);
    expect(applied).toEqual(['second-password']);
  });

  test.each([
    ['because it is told to', { failReset: true }, {}],
    [
      'because the server refuses',
      {},
      { applyMasterPassword: () => Promise.reject(new Error('down')) },
    ],
  ])('can fail, %s, and ends available all the same', async (_, behaviour, more) => {
    const { applied, clock, describeInstance, modifyInstance, rds, seed } = await start();
    rds.addInstance(seed(more));
    Object.assign(rds.behaviour, behaviour);
    await modifyInstance('second-password');

    await clock.advance(450);

    expect(applied).toEqual([]);
    expect((await describeInstance())?.DBInstanceStatus).toBe('available');
    expect(rds.resets).toMatchObject([{ outcome: 'failed' }]);
  });

  test.each([0, 200, 420])('refuses a second one %i ms after the first', async (ms) => {
    const { applied, clock, modifyInstance, rds, seed } = await start();
    rds.addInstance(seed());
    await modifyInstance('second-password');
    await clock.advance(ms);

    const second = modifyInstance('third-password');

    await expect(second).rejects.toMatchObject({
      name: 'InvalidDBInstanceStateFault',
      $metadata: { httpStatusCode: 400 },
    });
    await clock.advance(1_000);
    expect(applied).toEqual(['second-password']);
  });

  test('of two at the same moment takes one', async () => {
    const { applied, clock, modifyInstance, rds, seed } = await start();
    rds.addInstance(seed());

    const outcomes = await Promise.allSettled([
      modifyInstance('second-password'),
      modifyInstance('third-password'),
    ]);
    await clock.advance(1_000);

    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(applied).toHaveLength(1);
  });

  test('lets a second password take the first ones place where that is chosen', async () => {
    const { applied, clock, modifyInstance, rds, seed } = await start();
    rds.addInstance(seed());
    rds.behaviour.secondPassword = 'replace';
    await modifyInstance('second-password');
    await modifyInstance('third-password');

    await clock.advance(1_000);

    expect(applied).toEqual(['third-password']);
  });

  test('follows one that is in force and not settled yet', async () => {
    const { applied, clock, describeInstance, modifyInstance, rds, seed } = await start();
    rds.addInstance(seed());
    rds.behaviour.secondPassword = 'replace';
    rds.behaviour.showStatus = false;
    await modifyInstance('second-password');
    await clock.advance(420);
    await modifyInstance('third-password');
    await clock.advance(100);

    expect((await describeInstance())?.PendingModifiedValues?.MasterUserPassword).toBe('****');
    await clock.advance(1_000);
    expect(applied).toEqual(['second-password', 'third-password']);
  });

  test('is called off by close', async () => {
    const { applied, clock, modifyInstance, rds, seed } = await start();
    rds.addInstance(seed());
    await modifyInstance('second-password');

    await rds.close();
    await clock.advance(1_000);

    expect(applied).toEqual([]);
  });
});
