import {
  CreateScheduleGroupCommand,
  DeleteScheduleGroupCommand,
  GetScheduleGroupCommand,
  ListScheduleGroupsCommand,
} from '@aws-sdk/client-scheduler';
import { describe, expect, test } from 'vitest';
import { start } from './support.ts';

describe('groups', () => {
  test('are made, shown, listed and deleted with their schedules', async () => {
    const { create, client, get, scheduler } = await start();
    const { ScheduleGroupArn } = await client.send(
      new CreateScheduleGroupCommand({ Name: 'keyturn' }),
    );
    await create({ GroupName: 'keyturn' });
    const shown = await client.send(new GetScheduleGroupCommand({ Name: 'keyturn' }));
    const listed = await client.send(new ListScheduleGroupsCommand());

    await client.send(new DeleteScheduleGroupCommand({ Name: 'keyturn' }));

    expect(shown).toMatchObject({ Arn: ScheduleGroupArn, Name: 'keyturn', State: 'ACTIVE' });
    expect(listed.ScheduleGroups).toMatchObject([{ Name: 'default' }, { Name: 'keyturn' }]);
    expect(scheduler.schedules()).toEqual([]);
    await expect(get('reconcile', 'keyturn')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('keep the default', async () => {
    const { client } = await start();

    const remove = client.send(new DeleteScheduleGroupCommand({ Name: 'default' }));

    await expect(remove).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
