import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { production } from '../../src/local/stack/environments.ts';
import { useRotateRig } from './rotate-rig.ts';

const page = new URL('../../docs/operating.md', import.meta.url);
const rig = useRotateRig();

/** The policy in the documentation, with the names of the local stack's production. */
async function documentedPolicy(): Promise<string> {
  const section = (await readFile(page, 'utf8')).split('\n## Rotating by hand\n')[1] ?? '';
  const [, policy = ''] = /```json\n([\s\S]*?)\n```/.exec(section) ?? [];
  const logGroup = `arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/${production.stackName}-rotate`;
  return policy
    .replaceAll('<SecretArn>', production.secretArn)
    .replaceAll('<RotationFunctionArn>', production.rotateArn)
    .replaceAll('<RotationLogGroupArn>', logGroup);
}

/** The credentials of a user with this policy and no other. */
async function userWith(name: string, policy: string) {
  await iam({ Action: 'CreateUser', UserName: name });
  await iam({
    Action: 'PutUserPolicy',
    UserName: name,
    PolicyName: 'operator',
    PolicyDocument: policy,
  });
  const answer = await iam({ Action: 'CreateAccessKey', UserName: name });
  const [, accessKeyId = ''] = /<AccessKeyId>(\w+)</.exec(answer) ?? [];
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: 'local' };
}

async function iam(form: Record<string, string>): Promise<string> {
  const response = await fetch(rig.rig().stack.awsUrl, {
    method: 'POST',
    headers: {
      authorization: 'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/iam/aws4_request',
    },
    body: new URLSearchParams({ ...form, Version: '2010-05-08' }),
  });
  return response.text();
}

describe('an operator with the policy of the documentation', () => {
  test('rotates, sees the steps, and needs nothing more', async () => {
    const env = await userWith('operator', await documentedPolicy());

    const { exitCode, stderr } = await rig.rotateAs(env, '--yes');

    expect(exitCode, stderr).toBe(0);
    expect(stderr).toMatch(/^finishSecret done/m);
    expect(stderr).not.toContain('cannot be shown');
  });

  test('sees no steps without the permission on the log, and rotates all the same', async () => {
    const policy: { Statement: { Action: unknown }[] } = JSON.parse(await documentedPolicy());
    const Statement = policy.Statement.filter(({ Action }) => Action !== 'logs:FilterLogEvents');
    const env = await userWith('unseeing', JSON.stringify({ ...policy, Statement }));

    const { exitCode, stdout, stderr } = await rig.rotateAs(env, '--yes');

    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain(`${rig.versionAt('AWSCURRENT')} is current`);
    expect(stderr).toContain('The steps cannot be shown');
    expect(stderr).toContain('not authorized to perform: logs:FilterLogEvents');
  });

  test('can rehearse, and end what is compromised', async () => {
    const env = await userWith('rehearsing', await documentedPolicy());

    expect((await rig.rotateAs(env, '--dry-run')).exitCode).toBe(0);
    const compromised = ['--yes', '--compromised', 'TWILIO_AUTH_TOKEN'];
    expect((await rig.rotateAs(env, ...compromised)).exitCode).toBe(0);
  });
});
