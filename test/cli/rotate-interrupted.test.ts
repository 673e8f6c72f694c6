import { afterEach, expect, test } from 'vitest';
import { useRotateRig } from './rotate-rig.ts';
import { startKeyturn } from './start-keyturn.ts';

const rig = useRotateRig();
const never = new Promise<Response>(() => undefined);
const name = 'reminder-app/production';
const stack = () => rig.rig().stack;
const count = (wanted: string) => rig.between.asked.filter((each) => each === wanted).length;

afterEach(async () => {
  rig.between.answer = undefined;
  await stack().secretsManager.idle();
});

/** Presses Ctrl-C when the command asks for that, which is never answered, and awaits its end. */
async function interruptedAt(isWanted: (operation: string) => boolean, args: readonly string[]) {
  rig.between.asked.length = 0;
  const running = startKeyturn(rig.endpoint(), 'rotate', name, '--json', ...args);
  const before = rig.between.answer;
  rig.between.answer = async (operation) => {
    if (!isWanted(operation)) return before?.(operation);
    running.child.kill('SIGINT');
    return never;
  };
  const { exitCode, stdout, stderr } = await running.ended();
  rig.keep(stdout + stderr);
  return { exitCode, stderr, document: Object(JSON.parse(stdout)) };
}

test.each([
  [[], 'No rotation was begun.'],
  [
    ['--compromised', 'SECRET_KEY'],
    `No rotation was begun.\nIn ${name}, what SECRET_KEY held is marked as compromised`,
  ],
])('while the log is opened begins no rotation, with %j', async (options, told) => {
  const { exitCode, stderr, document } = await interruptedAt(
    (operation) => operation === 'FilterLogEvents',
    ['--yes', ...options],
  );

  expect(exitCode).toBe(130);
  expect(document).toMatchObject({ code: 'INTERRUPTED' });
  expect(stderr).toContain(told);
  expect(count('RotateSecret')).toBe(0);
});

test('while the rotation is asked for says that it may have begun', async () => {
  const { exitCode, stderr, document } = await interruptedAt(
    (operation) => operation === 'RotateSecret',
    ['--yes'],
  );

  expect(exitCode).toBe(130);
  expect(document).toMatchObject({ code: 'INTERRUPTED' });
  expect(stderr).toMatch(/may have begun all the same; its version would be [0-9a-f-]{36}\./);
});

test('while keys are marked says that nothing was rotated', async () => {
  const { exitCode, stderr } = await interruptedAt(
    (operation) => operation === 'invoke compromise',
    ['--yes', '--compromised', 'SECRET_KEY', '--compromised', 'TWILIO_AUTH_TOKEN'],
  );

  expect(exitCode).toBe(130);
  expect(stderr).toContain('Not all of what SECRET_KEY, TWILIO_AUTH_TOKEN held is marked');
  expect(count('invoke compromise')).toBe(1);
  expect(count('RotateSecret')).toBe(0);
});

test('after the commit still has what was superseded ended', async () => {
  rig.between.answer = async (operation) => {
    const isBegun = count('RotateSecret') > 0;
    if (operation === 'DescribeSecret' && isBegun) await stack().secretsManager.idle();
    return undefined;
  };

  const { exitCode, document } = await interruptedAt(
    (operation) => operation === 'FilterLogEvents' && count('RotateSecret') > 0,
    ['--yes', '--compromised', 'TWILIO_AUTH_TOKEN'],
  );

  expect(exitCode).toBe(0);
  expect(document).toMatchObject({ outcome: 'rotated', compromised: ['TWILIO_AUTH_TOKEN'] });
  expect(count('invoke reconcile')).toBe(1);
});

test('while it is rehearsed leaves one document', async () => {
  const { exitCode, stderr, document } = await interruptedAt(
    (operation) => operation === 'invoke rehearse',
    ['--dry-run'],
  );

  expect(exitCode).toBe(130);
  expect(document).toMatchObject({ outcome: 'failed', code: 'INTERRUPTED' });
  expect(stderr).toContain('Nothing was changed.');
});
