import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RotationError } from '../../src/rotation/errors.ts';
import { functionArnOf, localLambda, type LocalLambda } from './local-lambda.ts';
import { refusing } from './local-secrets.ts';
import { runKeyturn } from './run-keyturn.ts';

const [ours, foreign] = [functionArnOf('keyturn-rotate'), functionArnOf('another-rotation')];
const variable = 'a-password-that-somebody-put-there';

const invoked: { functionArn: string; event: unknown }[] = [];
const refused = new Set<string>();
let stack: LocalLambda;

const functions = new Map(
  [ours, foreign].map((functionArn) => [
    functionArn,
    async (event: unknown) => {
      invoked.push({ functionArn, event });
      throw new RotationError('CONFIG_INVALID', 'Correct the configuration.');
    },
  ]),
);

/** Two functions, of which one has the variables of template.yaml, and more secrets than a page holds. */
beforeAll(async () => {
  stack = await localLambda(functions, (request) => {
    const isRefused = [...refused].some((part) => decodeURIComponent(request.url).includes(part));
    return isRefused ? refusing('AccessDeniedException', 'No.', 403) : undefined;
  });
  const deploy = (functionArn: string, Variables: object) =>
    stack.lambda.deploy(functionArn, {
      configuration: { Environment: { Variables } },
      policy: undefined,
    });
  deploy(ours, { KEYTURN_RECONCILE_ARN: functionArnOf('keyturn-reconcile') });
  deploy(foreign, { PASSWORD: variable });
  stack.rotatedBy(ours, 'shop/ours');
  stack.rotatedBy(foreign, 'shop/theirs');
  for (let each = 0; each < 120; each += 1) {
    stack.manager.createSecret({ name: `many/${each}`, secretString: '{}' });
  }
  stack.rotatedBy(ours, 'shop/last');
});
afterAll(() => stack.close());
beforeEach(() => {
  invoked.length = 0;
  refused.clear();
});

async function status(...args: string[]) {
  const ended = await runKeyturn(stack, 'status', ...args);
  expect(ended.stdout + ended.stderr).not.toContain(variable);
  return ended;
}

const isAsked = (functionArn: string) => invoked.some((each) => each.functionArn === functionArn);

describe('without a name', () => {
  test('those that Keyturn rotates are asked, on every page, and no foreign function is invoked', async () => {
    const { exitCode, stdout, stderr } = await status();

    expect(exitCode).toBe(1);
    expect(stdout).toContain('│ shop/ours');
    expect(stdout).toContain('│ shop/last');
    expect(stdout).not.toContain('theirs');
    expect(stderr).toContain('Rotated by other functions, and not looked at: 1.');
    expect(invoked.map(({ event }) => event)).toEqual(
      Array.from({ length: 2 }, () => ({ Operation: 'inspect', SecretId: expect.any(String) })),
    );
    expect(isAsked(foreign)).toBe(false);
  });

  test('where nobody may tell them apart, all are listed and none is asked', async () => {
    refused.add('/configuration');

    const { exitCode, stdout } = await status();

    expect(exitCode).toBe(1);
    expect(stdout.match(/│ not asked +│/g)).toHaveLength(3);
    expect(stdout).toContain('Whether Keyturn rotates it could not be told.');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('keyturn status shop/theirs. [ACCESS_DENIED]');
    expect(invoked).toEqual([]);
  });
});

describe('by its name', () => {
  test('one that another function rotates is not asked', async () => {
    const { exitCode, stdout } = await status('shop/theirs');

    expect(exitCode).toBe(1);
    expect(stdout).toContain('shop/theirs could not be asked:');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain("which is not a function of Keyturn's");
    expect(invoked).toEqual([]);
  });

  test('one is asked, though nobody may tell whose function it is', async () => {
    refused.add('/configuration');

    await status('shop/ours');

    expect(isAsked(ours)).toBe(true);
  });

  test('one whose function fails, or may not be invoked: with its code', async () => {
    const failed = await status('shop/ours', '--json');
    refused.add('/invocations');
    const denied = await status('shop/ours', '--json');

    const told = [failed, denied].map(({ exitCode, stdout }) => [
      exitCode,
      JSON.parse(stdout).secrets[0].state,
      JSON.parse(stdout).secrets[0].findings[0].code,
    ]);
    expect(told).toEqual([
      [1, 'unknown', 'CONFIG_INVALID'],
      [1, 'unknown', 'ACCESS_DENIED'],
    ]);
  });
});

test('no region to list is a failure', async () => {
  const env = { AWS_REGION: undefined, AWS_CONFIG_FILE: '/dev/null' };
  const { exitCode, stdout } = await runKeyturn({ ...stack, env }, 'status', '--json');

  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed', code: 'NO_REGION' });
});
