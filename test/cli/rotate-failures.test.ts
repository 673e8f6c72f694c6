import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterEach, describe, expect, test } from 'vitest';
import { production } from '../../src/local/stack/environments.ts';
import { refusal, useRotateRig } from './rotate-rig.ts';
import { startKeyturn } from './start-keyturn.ts';

const rig = useRotateRig();
const rotate = (...args: string[]) => rig.rotate(...args);
const stack = () => rig.rig().stack;

/** Twilio answers nothing of use until this is called off. */
function breakTwilio() {
  stack().twilio.behaviour.fault = () => 'unavailable';
}

function mendTwilio() {
  stack().twilio.behaviour.fault = () => undefined;
}

const logsDenied = (operation: string) =>
  operation === 'FilterLogEvents'
    ? refusal(
        'AccessDeniedException',
        'User: arn is not authorized to perform: logs:FilterLogEvents',
      )
    : undefined;

/** Somebody changed it outside of Secrets Manager; answers what puts it back. */
async function withDeadPassword<T>(work: () => Promise<T>): Promise<T> {
  const { DB_PASSWORD } = await rig.rig().read();
  const { postgres } = stack();
  await postgres.setPassword(production.dbUser, `changed-${crypto.randomUUID()}`);
  try {
    return await work();
  } finally {
    await postgres.setPassword(production.dbUser, DB_PASSWORD);
  }
}

afterEach(async () => {
  rig.between.answer = undefined;
  mendTwilio();
  Object.assign(stack().secretsManager.behaviour, { retryAttempts: 3, retryDelayMs: 20 });
  await stack().secretsManager.idle();
});

describe('a failure that a person must mend', () => {
  test('is told with its code, key and advice, and AWSCURRENT is where it was', async () => {
    const before = rig.versionAt('AWSCURRENT');

    const { exitCode, stdout, stderr } = await withDeadPassword(() => rotate('--yes', '--json'));

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^createSecret failed, \d+ ms$/m);
    expect(stderr).toContain('AWSCURRENT is where it was');
    expect(stderr).toMatch(
      /Why: .*Put the password that works into the secret.*\n.*keyturn repair ends it\. \[CURRENT_REJECTED\]\n$/,
    );
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'failed',
      code: 'CURRENT_REJECTED',
      problem: { key: 'DB_PASSWORD', retryable: false },
    });
    expect(JSON.parse(stdout)).toHaveProperty('attempts.0.0.code', 'CURRENT_REJECTED');
    expect(rig.versionAt('AWSCURRENT')).toBe(before);

    // What stood in the way is mended: the same command ends what it began.
    const token: unknown = Object(JSON.parse(stdout)).versionId;
    expect((await rotate('--yes')).exitCode).toBe(0);
    expect(rig.versionAt('AWSCURRENT')).toBe(token);
  });

  test('is told by the function itself to who may not read its log, before anything is begun', async () => {
    rig.between.answer = logsDenied;

    const { exitCode, stdout, stderr } = await withDeadPassword(() => rotate('--yes', '--json'));

    expect(exitCode).toBe(1);
    expect(stderr.match(/The steps cannot be shown/g)).toHaveLength(1);
    expect(stderr).toMatch(
      /so none was begun\.\nWhy: .*Put the password.* \[CURRENT_REJECTED\]\n$/,
    );
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed', code: 'CURRENT_REJECTED' });
    expect(rig.between.asked).toContain('invoke rehearse');
    expect(rig.between.asked).not.toContain('RotateSecret');
  });
});

/** Does something right after the new values are stored. */
function onceStored(work: () => Promise<unknown>) {
  const done: Promise<unknown>[] = [];
  const stop = stack().secretsManager.onEvent(({ type, step }) => {
    if (type === 'StepSucceeded' && step === 'createSecret') done.push(work());
  });
  return async () => {
    stop();
    await Promise.all(done);
  };
}

test('a rotation that is taken back is told as such, with what was in its way', async () => {
  const before = rig.versionAt('AWSCURRENT');
  const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token } = await rig.rig().read();
  const over = onceStored(() =>
    fetch(`${stack().twilioUrl}/v1/AuthTokens/Secondary`, {
      method: 'DELETE',
      headers: { authorization: `Basic ${btoa(`${sid}:${token}`)}` },
    }),
  );

  const { exitCode, stdout, stderr } = await rotate('--yes', '--json');

  await over();
  expect(exitCode).toBe(1);
  expect(stderr).toContain('failed and was taken back: AWSCURRENT is where it was.');
  expect(stderr).toContain('AWSPENDING taken off');
  expect(JSON.parse(stdout)).toMatchObject({
    outcome: 'failed',
    code: 'PENDING_REJECTED',
    problem: { key: 'TWILIO_AUTH_TOKEN' },
  });
  expect(rig.versionAt('AWSCURRENT')).toBe(before);
});

test('a rotation that a stored value abandons is told as such', async () => {
  const text = JSON.stringify(await rig.rig().read());
  const put = { SecretId: production.secretName, SecretString: text };
  const over = onceStored(() => rig.rig().client.send(new PutSecretValueCommand(put)));

  const { exitCode, stdout } = await rotate('--yes', '--json');

  await over();
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed', code: 'ROTATION_ABANDONED' });
});

test('who may not read the log sees how it ends all the same', async () => {
  rig.between.answer = logsDenied;

  const { exitCode, stdout, stderr } = await rotate('--yes');

  expect(exitCode).toBe(0);
  expect(stdout).toContain(`${rig.versionAt('AWSCURRENT')} is current`);
  expect(stderr.match(/The steps cannot be shown/g)).toHaveLength(1);
  expect(stderr).toContain('logs:FilterLogEvents');
  expect(rig.between.asked.filter((each) => each === 'FilterLogEvents')).toHaveLength(1);
});

test('a log that fails in the middle costs the steps, and not the outcome', async () => {
  let reads = 0;
  rig.between.answer = (operation) => {
    if (operation !== 'FilterLogEvents') return undefined;
    reads += 1;
    return reads > 1 ? refusal('ServiceUnavailableException', '', 503) : undefined;
  };

  const { exitCode, stderr } = await rotate('--yes');

  expect(exitCode).toBe(0);
  expect(stderr.match(/The steps cannot be shown/g)).toHaveLength(1);
});

test('where the labels cannot be read any more it says that the rotation goes on', async () => {
  let begun = false;
  rig.between.answer = (operation) => {
    begun ||= operation === 'RotateSecret';
    const expired = begun && operation === 'DescribeSecret';
    return expired ? refusal('ExpiredTokenException', 'The security token is expired') : undefined;
  };

  const { exitCode, stdout, stderr } = await rotate('--yes', '--json');

  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed', code: 'CREDENTIALS_REFUSED' });
  expect(stderr).toContain('The rotation goes on at AWS all the same');
});

test('a signal ends the watching at once, though AWS gives no answer', async () => {
  let begun = false;
  const never = new Promise<Response>(() => undefined);
  rig.between.answer = (operation) => {
    begun ||= operation === 'RotateSecret';
    return begun && operation === 'DescribeSecret' ? never : undefined;
  };
  const running = startKeyturn(rig.endpoint(), 'rotate', production.secretName, '--yes');
  await running.said(/the new version is/);
  running.child.kill('SIGINT');

  const { exitCode, stderr } = await running.ended();

  rig.keep(stderr);
  expect(exitCode).toBe(130);
  expect(stderr).toContain('goes on at AWS');
});

test('a failure that passes is followed through the attempts of Secrets Manager', async () => {
  breakTwilio();
  const stop = stack().secretsManager.onEvent(({ type, attempt }) => {
    if (type === 'StepFailed' && attempt === 2) mendTwilio();
  });

  const { exitCode, stdout, stderr } = await rotate('--yes');

  stop();
  expect(exitCode).toBe(0);
  expect(stdout).toContain('It took 3 attempts.');
  expect(stderr.match(/^createSecret failed/gm)).toHaveLength(2);
  expect(stderr).toMatch(/\[UNREACHABLE\] Secrets Manager tries it again\./);
});

/** Fails in a way that passes, and is not tried again by itself. */
async function leavePending() {
  stack().secretsManager.behaviour.retryAttempts = 0;
  breakTwilio();
  const token = await rig.rig().begin();
  await stack().secretsManager.idle();
  expect(rig.versionAt('AWSPENDING') ?? token).toBe(token);
  return token;
}

describe('a rotation that is pending already', () => {
  test('is taken up again and followed, to the version that it was begun for', async () => {
    const token = await leavePending();
    mendTwilio();

    const { exitCode, stdout, stderr } = await rotate('--yes', '--json');

    expect(exitCode).toBe(0);
    expect(stderr).toContain(`is pending already`);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'rotated', versionId: token });
    expect(rig.versionAt('AWSCURRENT')).toBe(token);
  });

  test('that does not end in time is told, with how to look again', async () => {
    const token = await leavePending();

    const { exitCode, stdout, stderr } = await rotate('--yes', '--json', '--timeout', '2s');

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/is not over after 2 s; it goes on without this command/);
    expect(stderr).toContain('keyturn status');
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'STILL_RUNNING',
      versionId: token,
      problem: { code: 'UNREACHABLE', key: 'TWILIO_AUTH_TOKEN', retryable: true },
    });

    mendTwilio();
    expect((await rotate('--yes')).exitCode).toBe(0);
    expect(rig.versionAt('AWSCURRENT')).toBe(token);
  });
});

describe('is refused', () => {
  test.each([
    ['by an identity that may not', 'ACCESS_DENIED', 'AccessDeniedException'],
    ['by Secrets Manager', 'InvalidRequestException', 'InvalidRequestException'],
    ['by too many requests', 'THROTTLED', 'ThrottlingException'],
  ])('%s, and nothing is begun', async (_what, code, name) => {
    rig.between.answer = (operation) =>
      operation === 'RotateSecret' ? refusal(name, 'No.') : undefined;
    const before = rig.versionAt('AWSCURRENT');

    const { exitCode, stdout } = await rotate('--yes', '--json');

    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed', code });
    await stack().secretsManager.idle();
    expect(rig.versionAt('AWSCURRENT')).toBe(before);
  });
});

test('a request without an answer may have begun it, and the version it would have is told', async () => {
  rig.between.answer = (operation) =>
    operation === 'RotateSecret' ? refusal('InternalServiceError', 'No.', 500) : undefined;

  const { exitCode, stdout, stderr } = await rotate('--yes', '--json');

  expect(exitCode).toBe(1);
  const document = JSON.parse(stdout);
  expect(document).toMatchObject({ code: 'UNREACHABLE', versionId: expect.any(String) });
  expect(stderr).toContain(
    `The rotation may have begun all the same; its version would be ${Object(document).versionId}.`,
  );
});
