import { afterEach, expect, test } from 'vitest';
import { runKeyturn } from './run-keyturn.ts';
import { useRotateRig } from './rotate-rig.ts';

const rig = useRotateRig();
const stack = () => rig.rig().stack;
const count = (wanted: string) => rig.between.asked.filter((each) => each === wanted).length;

afterEach(async () => {
  rig.between.answer = undefined;
  stack().twilio.behaviour.fault = () => undefined;
  Object.assign(stack().secretsManager.behaviour, { retryAttempts: 3, retryDelayMs: 20 });
  await stack().secretsManager.idle();
});

/** Does something when the rotation is over, before the command sees that. */
function beforeItIsSeen(work: () => Promise<unknown>): void {
  let isDone = false;
  rig.between.answer = async (operation) => {
    if (operation !== 'DescribeSecret' || count('RotateSecret') === 0 || isDone) return undefined;
    isDone = true;
    await stack().secretsManager.idle();
    await work();
    return undefined;
  };
}

test('a rotation that was rolled back meanwhile is not called current', async () => {
  beforeItIsSeen(() => runKeyturn(stack(), 'rollback', 'reminder-app/production', '--yes'));

  const { exitCode, stdout } = await rig.rotate('--yes', '--json');

  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed', code: 'ROLLED_BACK' });
  expect(rig.versionAt('AWSCURRENT')).not.toBe(Object(JSON.parse(stdout)).versionId);
});

test('a rotation that another one followed meanwhile is told as superseded', async () => {
  beforeItIsSeen(() => rig.rig().rotate());

  const { exitCode, stdout } = await rig.rotate('--yes');

  expect(exitCode).toBe(0);
  expect(stdout).toContain(
    `${rig.versionAt('AWSPREVIOUS')} was current, and is superseded by ${rig.versionAt('AWSCURRENT')}.`,
  );
});

/** What a rotation that failed for good before this one wrote, and CloudWatch shows only now. */
const linesOfAnEarlierOne = () => {
  const of = { step: 'createSecret', function_request_id: 'an earlier one' };
  const turn = { ...of, secret: 'reminder-app/production', version: crypto.randomUUID() };
  const lines = [
    { ...turn, level: 'INFO', message: 'createSecret started', outcome: 'started' },
    { ...turn, level: 'ERROR', message: 'createSecret failed', outcome: 'failed', code: 'GONE' },
    { ...of, level: 'ERROR', message: 'It was long ago.', code: 'GONE', retryable: false },
  ];
  const timestamp = Date.now();
  return Response.json({
    events: lines.map((line, index) => ({
      eventId: `late-${index}`,
      timestamp,
      message: JSON.stringify(line),
    })),
  });
};

test('the failure of an earlier rotation, whose lines come late, is none of this one', async () => {
  Object.assign(stack().secretsManager.behaviour, { retryAttempts: 10_000, retryDelayMs: 50 });
  let looks = 0;
  stack().twilio.behaviour.fault = () => (looks < 4 ? 'unavailable' : undefined);
  rig.between.answer = (operation) => {
    if (operation !== 'FilterLogEvents' || count('RotateSecret') === 0) return undefined;
    looks += 1;
    return looks < 5 ? linesOfAnEarlierOne() : undefined;
  };

  const { exitCode, stdout, stderr } = await rig.rotate('--yes', '--json');

  expect(exitCode, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'rotated' });
  expect(stdout + stderr).not.toContain('It was long ago.');
});

test('a log whose pages have no end is left, and the rotation begun', async () => {
  rig.between.answer = (operation) =>
    operation === 'FilterLogEvents' && count('RotateSecret') === 0
      ? Response.json({ events: [], nextToken: `page-${count('FilterLogEvents')}` })
      : undefined;

  const { exitCode } = await rig.rotate('--yes');

  expect(exitCode).toBe(0);
});

test('a log that does not answer is left at the end of the time', async () => {
  const never = new Promise<Response>(() => undefined);
  stack().secretsManager.behaviour.retryAttempts = 0;
  stack().twilio.behaviour.fault = () => 'unavailable';
  rig.between.answer = (operation) =>
    operation === 'FilterLogEvents' && count('RotateSecret') > 0 ? never : undefined;

  const { exitCode, stdout } = await rig.rotate('--yes', '--json', '--timeout', '1s');

  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ code: 'STILL_RUNNING' });
  // Each is given up after ten seconds by itself, and made once more.
  expect(count('FilterLogEvents')).toBeLessThanOrEqual(2);
  stack().twilio.behaviour.fault = () => undefined;
  rig.between.answer = undefined;
  expect((await rig.rotate('--yes')).exitCode).toBe(0);
});
