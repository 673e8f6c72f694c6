import { DescribeSecretCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { accepted, works } from '../stack/support.ts';
import { refusal, useRotateRig } from './rotate-rig.ts';

const rig = useRotateRig();
const rotate = (...args: string[]) => rig.rotate(...args);

describe('rotates now', () => {
  test('and shows each step with its keys, verbs and times, and the gap at the end', async () => {
    const before = rig.versionAt('AWSCURRENT');

    const { exitCode, stdout, stderr } = await rotate('--yes');

    const now = rig.versionAt('AWSCURRENT');
    expect(exitCode).toBe(0);
    expect(now).not.toBe(before);
    expect(stdout).toContain(`is rotated: ${now} is current, ${before} was before.`);
    expect(stdout).toContain('keyturn rollback reminder-app/production takes the rotation back.');
    expect(stdout).toMatch(/the published value did not work for \d+ ms/);
    for (const step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) {
      expect(stderr).toMatch(new RegExp(`^${step} …$`, 'm'));
      expect(stderr).toMatch(new RegExp(`^${step} done, \\d+ ms$`, 'm'));
    }
    expect(stderr).toMatch(/createSecret: check DB_PASSWORD: done, \d+ ms/);
    expect(stderr).toMatch(/createSecret: create TWILIO_AUTH_TOKEN: done, \d+ ms/);
    expect(stderr).toMatch(/finishSecret: switch DB_PASSWORD: done, \d+ ms/);
    expect(stderr).toMatch(/finishSecret: switch gap of \d+ ms/);
    expect(await accepted(rig.rig().stack, await rig.rig().read())).toEqual(works);
  });

  test('and tells a program in one document', async () => {
    const before = rig.versionAt('AWSCURRENT');

    const { exitCode, stdout } = await rotate('--yes', '--json');

    expect(exitCode).toBe(0);
    const document: unknown = JSON.parse(stdout);
    expect(document).toMatchObject({
      secret: 'reminder-app/production',
      outcome: 'rotated',
      versionId: rig.versionAt('AWSCURRENT'),
      from: before,
      stepsVisible: true,
      switchGapMs: expect.any(Number),
    });
    const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];
    const done = steps.map((step) => ({ step, status: 'done', durationMs: expect.any(Number) }));
    expect(document).toMatchObject({ attempts: [done] });
    const switched = { key: 'DB_PASSWORD', verb: 'switch', outcome: 'done' };
    expect(document).toHaveProperty(
      'attempts.0.3.verbs',
      expect.arrayContaining([expect.objectContaining(switched)]),
    );
  });

  test('asking AWS for labels, log and the rotation alone: no value, no system', async () => {
    await rotate('--yes');

    expect(new Set(rig.between.asked)).toEqual(
      new Set(['DescribeSecret', 'FilterLogEvents', 'RotateSecret']),
    );
    expect(rig.between.asked.filter((each) => each === 'RotateSecret')).toHaveLength(1);
  });

  test('on the schedule that the secret has', async () => {
    const rules = { ScheduleExpression: 'cron(0 3 1 * ? *)', Duration: '2h' };
    const SecretId = 'reminder-app/production';
    const { client, stack } = rig.rig();
    await client.send(
      new RotateSecretCommand({ SecretId, RotationRules: rules, RotateImmediately: false }),
    );
    await stack.secretsManager.idle();

    await rotate('--yes');

    const { RotationRules } = await client.send(new DescribeSecretCommand({ SecretId }));
    expect(RotationRules).toMatchObject(rules);
  });

  test('once, where the answer to the request is lost', async () => {
    const before = rig.versionAt('AWSCURRENT');
    let lost = 0;
    rig.between.answer = (operation) => {
      if (operation !== 'RotateSecret' || lost > 0) return undefined;
      lost += 1;
      return refusal('InternalServiceError', 'lost', 500);
    };

    const { exitCode, stdout } = await rotate('--yes', '--json');

    rig.between.answer = undefined;
    expect(exitCode).toBe(0);
    expect(lost).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      from: before,
      versionId: rig.versionAt('AWSCURRENT'),
    });
  });

  test('and does not wait for it with --no-follow', async () => {
    const { exitCode, stdout } = await rotate('--yes', '--no-follow', '--json');

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'started' });
    expect(rig.between.asked).toEqual(['DescribeSecret', 'RotateSecret']);
    await rig.rig().stack.secretsManager.idle();
    expect(JSON.parse(stdout)).toMatchObject({ versionId: rig.versionAt('AWSCURRENT') });
  });
});

describe('exit code 2', () => {
  test.each([
    ['without a terminal and without --yes', [], 'Add --yes to rotate'],
    ['for a time that is none', ['--timeout', 'soon'], 'invalid'],
    ['for a key that is an option', ['--compromised', '--dry-run'], 'invalid'],
    ['for a key longer than any', ['--compromised', 'A'.repeat(257)], 'invalid'],
    ['for a key to end in a dry run', ['--compromised', 'A', '--dry-run'], 'goes with neither'],
    [
      'for a key to end without waiting',
      ['--compromised', 'A', '--no-follow'],
      'goes with neither',
    ],
  ])('%s', async (_what, args, message) => {
    const { exitCode, stdout, stderr } = await rotate(...args);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(rig.between.asked).toEqual([]);
  });
});

test('--help has examples and the exit codes', async () => {
  const { exitCode, stdout } = await rotate('--help');

  expect(exitCode).toBe(0);
  expect(stdout).toContain('keyturn rotate reminder-app/production --compromised');
  expect(stdout).toContain('Exit codes: 0 rotated');
});
