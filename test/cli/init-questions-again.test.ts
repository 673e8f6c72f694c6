import { expect, test } from 'vitest';
import { copyOfKeyturn } from './copy-of-keyturn.ts';
import { useInitRig } from './init-rig.ts';

const { run } = useInitRig();

/** By how they begin, the reason for asking again included. */
const beginnings = (asked: readonly string[]) => asked.map((question) => question.slice(0, 36));

test('asks again where an answer does not go with the earlier ones, and keeps those', async () => {
  const copy = await copyOfKeyturn();
  const typed = ['orders', 'n', 'subnet-1', '', 'sg-1', ''];

  const { asked, error } = await run(copy, { secret: 'again/groups' }, { typed });

  expect(error).toBeUndefined();
  expect(beginnings(asked)).toEqual([
    'The RDS instance whose master passwo',
    'Rotate TWILIO_AUTH_TOKEN? One enviro',
    'The subnets that lead to the databas',
    'The security groups of the functions',
    'It does not fit: SubnetIds needs Sec',
    'An address of e-mail for alarms (emp',
    'Create it?',
  ]);
  expect(asked[4]).toMatch(/beside it\.\nThe security groups/);
  expect(await copy.read('samconfig.toml')).toMatch(
    /SubnetIds=."subnet-1.*SecurityGroupIds=."sg-1/,
  );
});

test('asks again where no later question can make up for an answer', async () => {
  const copy = await copyOfKeyturn();
  const parameter = ['DbInstance=orders', 'SecurityGroupIds='];
  const typed = ['n', 'subnet-1', '', ''];

  const { asked, error } = await run(copy, { secret: 'again/subnets', parameter }, { typed });

  expect(error).toBeUndefined();
  expect(beginnings(asked)).toEqual([
    'Rotate TWILIO_AUTH_TOKEN? One enviro',
    'The subnets that lead to the databas',
    'It does not fit: SubnetIds needs Sec',
    'An address of e-mail for alarms (emp',
    'Create it?',
  ]);
});
