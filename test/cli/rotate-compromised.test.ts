import { UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { afterEach, describe, expect, test } from 'vitest';
import { refusal, useRotateRig } from './rotate-rig.ts';

const rig = useRotateRig();
const stack = () => rig.rig().stack;
const rotate = (...args: string[]) => rig.rotate('--yes', ...args);

const twilioTokens = ({ TWILIO_ACCOUNT_SID: sid }: { readonly TWILIO_ACCOUNT_SID: string }) => [
  stack().twilio.primaryOf(sid),
  stack().twilio.secondaryOf(sid),
];

const marks = () =>
  stack()
    .secretsManager.inspect('reminder-app/production')
    ?.stages.filter((label) => label.startsWith('KEYTURN_COMPROMISED'));

afterEach(async () => {
  rig.between.answer = undefined;
  stack().twilio.behaviour.fault = () => undefined;
  stack().secretsManager.behaviour.retryAttempts = 3;
  await stack().secretsManager.idle();
});

test('rotates, and ends what the keys held at once, no earlier key left', async () => {
  const before = await rig.rig().read();

  const { exitCode, stdout, stderr } = await rotate(
    '--compromised',
    'TWILIO_AUTH_TOKEN',
    '--compromised',
    'SECRET_KEY',
    '--json',
  );

  expect(exitCode, stderr).toBe(0);
  expect(stderr).toContain('stops working at once');
  expect(JSON.parse(stdout)).toMatchObject({
    outcome: 'rotated',
    versionId: rig.versionAt('AWSCURRENT'),
    compromised: expect.arrayContaining(['TWILIO_AUTH_TOKEN', 'SECRET_KEY']),
    revoked: ['TWILIO_AUTH_TOKEN'],
  });
  const after = await rig.rig().read();
  expect(twilioTokens(after)).toEqual([after.TWILIO_AUTH_TOKEN, undefined]);
  expect(after.TWILIO_AUTH_TOKEN).not.toBe(before.TWILIO_AUTH_TOKEN);
  expect(after.SECRET_KEY).not.toBe(before.SECRET_KEY);
  expect(after.SECRET_KEY_FALLBACKS ?? []).toEqual([]);
  const invoked = rig.between.asked.filter((each) => /^(invoke|Rotate)/.test(each));
  expect(invoked).toEqual([
    'invoke compromise',
    'invoke compromise',
    'RotateSecret',
    'invoke reconcile',
  ]);
});

test('says to a person what was ended', async () => {
  const { exitCode, stdout } = await rotate('--compromised', 'TWILIO_AUTH_TOKEN');

  expect(exitCode).toBe(0);
  expect(stdout).toContain('What TWILIO_AUTH_TOKEN held before is replaced, and the new version');
  expect(stdout).toContain('Ended at its system: TWILIO_AUTH_TOKEN.');
});

test.each(['DB PASSWORD', 'Schlüssel', 'db/password'])('takes the key %s', async (key) => {
  const { exitCode, stdout } = await rotate('--compromised', key, '--json');

  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ code: 'KEY_NOT_ROTATED' });
});

test('marks and rotates nothing for a key that no rotator changes', async () => {
  const before = rig.versionAt('AWSCURRENT');

  const { exitCode, stdout, stderr } = await rotate(
    '--compromised',
    'TWILIO_ACCOUNT_SID',
    '--json',
  );

  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed', code: 'KEY_NOT_ROTATED' });
  expect(stderr).toContain('TWILIO_AUTH_TOKEN');
  expect(stderr).toContain('Nothing was marked, and nothing was rotated.');
  expect(stderr).not.toContain('for certain');
  expect(rig.between.asked).not.toContain('RotateSecret');
  expect(rig.versionAt('AWSCURRENT')).toBe(before);
});

describe('where it breaks off it says what stands, and the same command goes on', () => {
  const again = /To run the same command again is safe\. \[\w+\]\n$/;

  test('when the rotation is refused', async () => {
    rig.between.answer = (operation) =>
      operation === 'RotateSecret' ? refusal('AccessDeniedException', 'No.') : undefined;

    const { exitCode, stderr } = await rotate('--compromised', 'TWILIO_AUTH_TOKEN');

    expect(exitCode).toBe(1);
    expect(stderr).toContain('is marked as compromised and may still work');
    expect(stderr).toMatch(again);
    expect(marks()).toHaveLength(1);

    rig.between.answer = undefined;
    const { exitCode: then } = await rotate('--compromised', 'TWILIO_AUTH_TOKEN');
    expect(then).toBe(0);
    const after = await rig.rig().read();
    expect(twilioTokens(after)).toEqual([after.TWILIO_AUTH_TOKEN, undefined]);
  });

  test('when the rotation is not over in time', async () => {
    stack().secretsManager.behaviour.retryAttempts = 0;
    stack().twilio.behaviour.fault = () => 'unavailable';

    const { exitCode, stdout, stderr } = await rotate(
      '--compromised',
      'TWILIO_AUTH_TOKEN',
      '--timeout',
      '1s',
      '--json',
    );

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(again);
    expect(JSON.parse(stdout)).toMatchObject({ code: 'STILL_RUNNING' });

    stack().twilio.behaviour.fault = () => undefined;
    const beside = await rotate('--compromised', 'TWILIO_AUTH_TOKEN', '--json');
    expect(beside.exitCode).toBe(1);
    expect(JSON.parse(beside.stdout)).toMatchObject({ code: 'ROTATION_IN_PROGRESS' });
    const { exitCode: followed, stdout: told } = await rotate('--json');
    expect(followed).toBe(0);
    expect(Object(JSON.parse(told)).versionId).toBe(Object(JSON.parse(stdout)).versionId);

    expect((await rotate('--compromised', 'TWILIO_AUTH_TOKEN')).exitCode).toBe(0);
    const after = await rig.rig().read();
    expect(twilioTokens(after)).toEqual([after.TWILIO_AUTH_TOKEN, undefined]);
  });

  test('when what was superseded could not be ended', async () => {
    rig.between.answer = (operation) =>
      operation === 'invoke reconcile' ? refusal('ServiceException', 'No.', 500) : undefined;

    const { exitCode, stderr } = await rotate('--compromised', 'TWILIO_AUTH_TOKEN');

    expect(exitCode).toBe(1);
    expect(stderr).toContain('is rotated, and what TWILIO_AUTH_TOKEN held before may still work');
    expect(stderr).toMatch(again);
  });
});

describe('beside a rotation whose value was made before the mark', () => {
  test('says so though the mark is there, and the next call leaves no earlier key', async () => {
    const stolen = await rig.rig().read();
    stack().secretsManager.behaviour.retryAttempts = 0;
    const stop = stack().secretsManager.onEvent(({ type, step }) => {
      if (type === 'StepSucceeded' && step === 'createSecret') {
        stack().twilio.behaviour.fault = () => 'unavailable';
      }
    });
    await rig.rig().begin();
    await stack().secretsManager.idle();
    stop();
    await rig.rig().client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: 'reminder-app/production',
        VersionStage: 'KEYTURN_COMPROMISED_SECRET_KEY',
        MoveToVersionId: rig.versionAt('AWSCURRENT'),
        RemoveFromVersionId: stack().secretsManager.inspect(
          'reminder-app/production',
          'KEYTURN_COMPROMISED_SECRET_KEY',
        )?.versionId,
      }),
    );
    stack().twilio.behaviour.fault = () => undefined;

    const { exitCode, stdout } = await rotate('--compromised', 'SECRET_KEY', '--json');

    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ code: 'ROTATION_IN_PROGRESS' });
    expect((await rotate()).exitCode).toBe(0);
    expect((await rotate('--compromised', 'SECRET_KEY')).exitCode).toBe(0);
    const { SECRET_KEY, SECRET_KEY_FALLBACKS = [] } = await rig.rig().read();
    expect([SECRET_KEY, ...SECRET_KEY_FALLBACKS]).not.toContain(stolen.SECRET_KEY);
  });
});
