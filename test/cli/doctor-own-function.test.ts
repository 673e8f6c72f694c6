import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { functionArnOf, type LocalLambda, localLambda } from './local-lambda.ts';
import { runKeyturn } from './run-keyturn.ts';

const functionArn = functionArnOf('a-rotation');
const name = 'shop/production';

let stack: LocalLambda;
let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'doctor-'));
  stack = await localLambda(new Map([[functionArn, async () => undefined]]));
  stack.rotatedBy(functionArn, name);
});
afterAll(async () => {
  await stack.close();
  await rm(home, { recursive: true });
});

async function codesWith(Variables: object): Promise<readonly (string | undefined)[]> {
  stack.lambda.deploy(functionArn, {
    configuration: { Environment: { Variables } },
    policy: undefined,
  });
  const { stdout } = await runKeyturn({ ...stack, env: { HOME: home } }, 'doctor', name, '--json');
  const { findings }: { findings: { code?: string }[] } = JSON.parse(stdout);
  return findings.map(({ code }) => code);
}

test("the doctor tells Keyturn's function as status does: by a variable that the template gives it", async () => {
  const reconcile = { KEYTURN_RECONCILE_ARN: functionArnOf('a-reconcile') };

  expect(await codesWith(reconcile)).not.toContain('FUNCTION_NOT_KEYTURN');
  expect(await codesWith({ KEYTURN_SECRET: name })).toContain('FUNCTION_NOT_KEYTURN');
});
