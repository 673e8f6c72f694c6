import { CancelRotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { production } from '../../src/local/stack/environments.ts';
import { useRotateRig } from './rotate-rig.ts';
import { labelsOf, stateOf } from './systems-state.ts';

describe('a dry run', () => {
  const rig = useRotateRig();
  const stack = () => rig.rig().stack;

  /** Somebody changed it outside of Secrets Manager. */
  async function withDeadPassword<T>(work: () => Promise<T>): Promise<T> {
    const { DB_PASSWORD } = await rig.rig().read();
    await stack().postgres.setPassword(production.dbUser, `changed-${crypto.randomUUID()}`);
    try {
      return await work();
    } finally {
      await stack().postgres.setPassword(production.dbUser, DB_PASSWORD);
    }
  }

  test('shows a person a table, without asking', async () => {
    const { exitCode, stdout } = await rig.rotate('--dry-run');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/DB_PASSWORD.*rds-master-password.*passed.*rehearsal passed/);
    expect(stdout).toMatch(/TWILIO_AUTH_TOKEN.*twilio-auth-token.*passed.*–/);
    expect(stdout).toContain('could begin now. Nothing was changed.');
  });

  test('looks at every key, though several are refused, and tells why', async () => {
    stack().twilio.behaviour.fault = () => 'unavailable';
    const before = await stateOf(rig);

    const { exitCode, stdout, stderr } = await withDeadPassword(() => rig.rotate('--dry-run'));

    const json = await withDeadPassword(() => rig.rotate('--dry-run', '--json'));
    stack().twilio.behaviour.fault = () => undefined;
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/SECRET_KEY.*passed/);
    expect(stdout).toMatch(/DB_PASSWORD.*refused/);
    expect(stdout).toMatch(/TWILIO_AUTH_TOKEN.*refused/);
    expect(stdout).toContain('[CURRENT_REJECTED]');
    expect(stdout).toContain('[UNREACHABLE]');
    expect(stderr).toMatch(/would fail now.*\[CURRENT_REJECTED\]\n$/);
    expect(JSON.parse(json.stdout)).toMatchObject({
      outcome: 'failed',
      code: 'CURRENT_REJECTED',
      ready: false,
      keys: [
        { key: 'SECRET_KEY', check: 'passed' },
        { key: 'DB_PASSWORD', check: 'refused', problem: { code: 'CURRENT_REJECTED' } },
        { key: 'TWILIO_AUTH_TOKEN', check: 'refused', problem: { code: 'UNREACHABLE' } },
      ],
    });
    expect(labelsOf(rig)).toEqual(before.labels);
  });

  test('says that a rotation would switch rotation on again where it is off', async () => {
    const command = new CancelRotateSecretCommand({ SecretId: production.secretName });
    await rig.rig().client.send(command);

    const { exitCode, stderr } = await rig.rotate('--dry-run');
    const json = await rig.rotate('--dry-run', '--json');

    await rig.rig().rotate({ RotateImmediately: false });
    expect(exitCode).toBe(0);
    expect(stderr).toContain('To rotate switches it on again.');
    expect(JSON.parse(json.stdout)).toMatchObject({ outcome: 'ready', rotationEnabled: false });
  });

  test('is refused while a rotation is pending', async () => {
    stack().secretsManager.behaviour.retryAttempts = 0;
    stack().twilio.behaviour.fault = () => 'unavailable';
    await rig.rig().begin();
    await stack().secretsManager.idle();
    stack().twilio.behaviour.fault = () => undefined;

    const { exitCode, stdout, stderr } = await rig.rotate('--dry-run');

    expect(exitCode).toBe(1);
    expect(stdout).toContain('A rotation is pending already');
    expect(stderr).toContain('[ROTATION_IN_PROGRESS]');
    expect((await rig.rotate('--yes')).exitCode).toBe(0);
  });
});
