import { describe, expect, test } from 'vitest';
import { copyOfKeyturn } from './copy-of-keyturn.ts';
import { filesIn, useInitRig } from './init-rig.ts';

const { made, run } = useInitRig();

describe('on a terminal', () => {
  test('asks for what a deployment needs and no option said, before anything is made', async () => {
    const copy = await copyOfKeyturn();
    const typed = ['Orders', 'orders', 'y', 'subnet-1', 'sg-1', 'me@example.com'];

    const { asked } = await run(copy, { secret: 'asked/production' }, { typed });

    expect(asked.map((question) => question.replace(/ (is |account |lead ).*/s, ''))).toEqual([
      'The RDS instance whose master password DB_PASSWORD',
      expect.stringMatching(/^It must be the identifier .*\nThe RDS instance/),
      'Rotate TWILIO_AUTH_TOKEN? One environment of an',
      'The subnets that',
      'The security groups of the functions there, with commas between:',
      'An address of e-mail for alarms (empty: none):',
      'Create it?',
    ]);
    expect(await copy.read('samconfig.toml')).toMatch(
      /RotateTwilio=."true.*DbInstance=."orders.*SubnetIds=."subnet-1.*SecurityGroupIds=."sg-1.*me@example/,
    );
  });

  test('asks nothing that was said, or that does not matter', async () => {
    const copy = await copyOfKeyturn();
    const parameter = ['RotateTwilio=true', 'Alarms=false', 'DbRotator=postgres-password'];

    const { asked } = await run(copy, { secret: 'asked/not', parameter }, { typed: [] });

    expect(asked).toEqual(['Create it?']);
  });

  test('an empty answer leaves a parameter as it is by default', async () => {
    const copy = await copyOfKeyturn();

    await run(copy, { secret: 'asked/empty' }, { typed: ['', '', ''] });

    expect(await copy.read('samconfig.toml')).toContain(
      'parameter_overrides = [ "Environment=\\"development\\"", "SecretName=\\"asked/empty\\"", "RotateTwilio=\\"false\\"" ]',
    );
  });

  test('creates nothing where a question is interrupted', async () => {
    const copy = await copyOfKeyturn();

    const { error } = await run(copy, { secret: 'asked/stop' }, { typed: ['orders'] });

    expect(error).toMatchObject({ code: 'INTERRUPTED' });
    expect([made(), await filesIn(copy)]).toEqual([0, []]);
  });
});
