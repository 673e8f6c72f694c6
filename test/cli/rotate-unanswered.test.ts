import { afterEach, expect, test } from 'vitest';
import { refusal, useRotateRig } from './rotate-rig.ts';

const rig = useRotateRig();
const never = new Promise<Response>(() => undefined);
const manager = () => rig.rig().stack.secretsManager;
const count = (wanted: string) => rig.between.asked.filter((each) => each === wanted).length;

afterEach(async () => {
  rig.between.answer = undefined;
  await manager().idle();
});

/** Has another rotation follow this one, and lets the command look at the secret once more. */
function oneLastLook(): void {
  let isSuperseded = false;
  rig.between.answer = async (operation) => {
    if (operation !== 'DescribeSecret' || count('RotateSecret') === 0) return undefined;
    if (isSuperseded) return refusal('AccessDeniedException', 'Not any more.');
    isSuperseded = true;
    await manager().idle();
    await rig.rig().rotate();
    return undefined;
  };
}

test.each([[[]], [['--compromised', 'TWILIO_AUTH_TOKEN']]])(
  'a rotation that was seen to succeed is told as one, though nobody may look after that, with %j',
  async (options) => {
    oneLastLook();

    const { exitCode, stdout, stderr } = await rig.rotate('--yes', '--json', ...options);

    expect(exitCode, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'rotated',
      supersededBy: rig.versionAt('AWSCURRENT'),
    });
  },
);

test('a rotation begins though nobody answers where the log of its function is', async () => {
  rig.between.answer = (operation) => {
    if (count('RotateSecret') > 0) return undefined;
    if (operation === 'FilterLogEvents') return refusal('ResourceNotFoundException');
    return operation.endsWith('/configuration') ? never : undefined;
  };

  const { exitCode, stderr } = await rig.rotate('--yes');

  expect(exitCode, stderr).toBe(0);
  expect(count('RotateSecret')).toBe(1);
  expect(stderr).toContain('The steps cannot be shown: Asking where the log of arn:');
}, 60_000);
