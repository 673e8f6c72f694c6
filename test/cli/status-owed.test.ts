import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { behind, startStatusRig, type StatusRig } from './status-rig.ts';

const hourMs = 3_600_000;

let rig: StatusRig;
let value = '';

/** Everything in it was done two hours ago, with a grace of one; what was booked did not come yet. */
beforeAll(async () => {
  rig = await startStatusRig({ clock: behind(2 * hourMs) });
  await rig.rotate();
  value = rig.stack.secretsManager.inspect(rig.secretName)?.secretString ?? '';
});
afterAll(() => rig.stop());

const put = (token: string, stages: readonly string[]) =>
  rig.client.send(
    new PutSecretValueCommand({
      SecretId: rig.secretName,
      ClientRequestToken: token,
      SecretString: value,
      VersionStages: [...stages],
    }),
  );

/** In the order of their titles: each finds the secret as the one before left it. */
describe('two hours after a rotation', () => {
  test('a grace that is over without a receipt is owed', async () => {
    const { exitCode, stdout } = await rig.status(rig.secretName);
    const { findings, keys } = await rig.document();

    expect(exitCode).toBe(1);
    expect(findings).toEqual([
      expect.objectContaining({
        finding: 'retirement-owed',
        level: 'attention',
        key: 'TWILIO_AUTH_TOKEN',
      }),
    ]);
    expect(stdout).toMatch(/│ TWILIO_AUTH_TOKEN +│ current +│ accepted +│ +│/);
    expect(stdout).toMatch(/│ twilio-auth-token +│ previous +│ accepted +│ due, not ended yet +│/);
    expect(Date.parse(keys.at(-1).supersededUntil)).toBeLessThan(Date.now());
  });

  test('a rotation that stored its value and was never committed is stuck', async () => {
    await put('c'.repeat(32), ['AWSPENDING']);

    const { exitCode, stdout } = await rig.status(rig.secretName);

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/! AWSPENDING is on cccccccc since \d{4}-\d\d-\d\d \d\d:\d\d UTC: that/);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`Run keyturn repair ${rig.secretName}.`);
    expect(stdout).toMatch(/│ DB_PASSWORD +│ current +│ accepted/);
    expect(stdout).toMatch(/│ rds-master-password +│ pending +│ accepted/);
    await rig.takeOff('AWSPENDING', 'c'.repeat(32));
  });

  test('values that somebody stored since leave no more than a note of the rotation before them', async () => {
    await put('d'.repeat(32), ['AWSCURRENT']);
    await put('e'.repeat(32), ['AWSCURRENT']);

    const { exitCode, findings, versions } = await rig.document();

    expect(exitCode).toBe(0);
    expect(findings).toContainEqual(
      expect.objectContaining({ finding: 'abandoned-owed', level: 'note' }),
    );
    expect(versions).toContainEqual(expect.objectContaining({ labels: ['KEYTURN_MADE'] }));
  });

  test('a value that lacks a key is told, with what to do', async () => {
    const { DB_PASSWORD: _left, ...rest } = JSON.parse(value);
    value = JSON.stringify(rest);
    await put('f'.repeat(32), ['AWSCURRENT']);

    const { exitCode, findings } = await rig.document();

    expect(exitCode).toBe(1);
    expect(findings).toContainEqual(
      expect.objectContaining({
        finding: 'value-unusable',
        code: 'KEY_MISSING',
        message: expect.stringMatching(
          /keyturn repair .+ takes AWSCURRENT back to the version before/,
        ),
      }),
    );
    expect(findings.filter(({ code }: { code?: string }) => code === 'KEY_MISSING')).toHaveLength(
      1,
    );
  });
});
