import { ModifyDBInstanceCommand } from '@aws-sdk/client-rds';
import { describe, expect, test } from 'vitest';
import { start } from './support.ts';

const post = (url: string, body: string, authorization?: string) =>
  fetch(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(authorization && { authorization }),
    },
  });

describe('the protocol', () => {
  const signed =
    'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/rds/aws4_request, SignedHeaders=host, Signature=0';

  test('refuses an action it does not know', async () => {
    const { rds, url } = await start();

    const response = await post(url, 'Action=RebootDBInstance&Version=2014-10-31', signed);

    expect(response.status).toBe(400);
    expect(await response.text()).toContain(
      '<Type>Sender</Type><Code>InvalidAction</Code><Message>Could not find operation RebootDBInstance for version 2014-10-31</Message>',
    );
    expect(rds.calls).toMatchObject([{ action: 'unknown', outcome: 'InvalidAction' }]);
  });

  test('refuses a request without a signature', async () => {
    const { url } = await start();

    const response = await post(url, 'Action=DescribeDBInstances&Version=2014-10-31');

    expect(response.status).toBe(403);
    expect(await response.text()).toContain('<Code>MissingAuthenticationToken</Code>');
  });

  test('refuses a modification of no instance, and one of something else', async () => {
    const { client, rds, seed, url } = await start();
    rds.addInstance(seed());

    const nameless = await post(url, 'Action=ModifyDBInstance&Version=2014-10-31', signed);
    const other = client.send(
      new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'reminder-app', AllocatedStorage: 20 }),
    );

    expect(await nameless.text()).toContain('<Code>MissingParameter</Code>');
    await expect(other).rejects.toMatchObject({ name: 'InvalidParameterCombination' });
  });

  test('escapes what it repeats', async () => {
    const { url } = await start();

    const response = await post(url, 'Action=%3Cb%3E%26&Version=2014-10-31', signed);

    expect(await response.text()).toContain('operation &lt;b&gt;&amp; for');
  });

  test('keeps a journal without values', async () => {
    const { modifyInstance, rds, seed } = await start();
    rds.addInstance(seed());
    await modifyInstance('second-password');
    await modifyInstance('short').catch(() => undefined);

    expect(rds.calls).toMatchObject([
      {
        action: 'ModifyDBInstance',
        identifier: 'reminder-app',
        changesPassword: true,
        outcome: 'OK',
      },
      { action: 'ModifyDBInstance', outcome: 'InvalidParameterValue' },
    ]);
    expect(JSON.stringify(rds.calls)).not.toMatch(/second-password|short/);
  });
});
