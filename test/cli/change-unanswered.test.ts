import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { RotationError } from '../../src/rotation/errors.ts';
import { functionArnOf, type LocalLambda, localLambda } from './local-lambda.ts';
import { inspectionOf, stuck } from './repair-rig.ts';
import { runKeyturn } from './run-keyturn.ts';
import { startKeyturn } from './start-keyturn.ts';

const name = 'shop/production';
const goesOn = 'may have been done all the same: the same command again tells.';

/** Commands that have a function change something, and how often they have it look before that. */
const commands = [
  { command: 'rollback', looks: 0, what: `The rollback of ${name}` },
  { command: 'repair', looks: 1, what: 'What was confirmed (take-back)' },
];

const never = new Promise<never>(() => undefined);
const behaviour: { change: () => unknown; lostAfter: number } = {
  change: () => never,
  lostAfter: Infinity,
};
let asked: string[];
let invocations: number;
let lambda: LocalLambda;

async function answer(event: unknown): Promise<unknown> {
  const operation = String(Object(event).Operation);
  asked.push(operation);
  return operation === 'inspect' ? inspectionOf(stuck) : behaviour.change();
}

/** Something between here and AWS that answers in its place. */
function inTheWay({ url }: Request): Response | undefined {
  if (!url.endsWith('/invocations')) return undefined;
  invocations += 1;
  return invocations > behaviour.lostAfter ? new Response('', { status: 502 }) : undefined;
}

beforeAll(async () => {
  const functionArn = functionArnOf('keyturn-rotate');
  lambda = await localLambda(new Map([[functionArn, answer]]), inTheWay);
  lambda.rotatedBy(functionArn, name);
});
beforeEach(() => {
  [asked, invocations] = [[], 0];
  Object.assign(behaviour, { change: () => never, lostAfter: Infinity });
});
afterAll(() => lambda.close());

test.each(commands)(
  '$command that is interrupted says that the function may go on',
  async ({ command, what }) => {
    const running = startKeyturn(lambda, command, name, '--yes', '--json');
    await vi.waitFor(() => expect(asked).toContain(command), { timeout: 20_000 });
    running.child.kill('SIGINT');

    const { exitCode, stdout, stderr } = await running.ended();

    expect(exitCode).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ code: 'INTERRUPTED' });
    expect(stderr).toContain(`${what} ${goesOn}`);
    expect(stderr).toContain('To run the same command again is safe.');
  },
);

test.each(commands)(
  '$command whose answer is lost says that it may have been done',
  async ({ command, looks, what }) => {
    behaviour.lostAfter = looks;

    const { exitCode, stdout, stderr } = await runKeyturn(lambda, command, name, '--yes', '--json');

    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed', code: 'UNREACHABLE' });
    expect(stderr).toContain(`${what} ${goesOn}`);
  },
);

test.each(commands)(
  '$command that the function answers with a system out of reach says no such thing',
  async ({ command }) => {
    behaviour.change = () => {
      throw new RotationError('UNREACHABLE', 'The database does not answer.');
    };

    const { exitCode, stderr } = await runKeyturn(lambda, command, name, '--yes');

    expect(exitCode).toBe(1);
    expect(stderr).toContain('The database does not answer.');
    expect(stderr).not.toContain('may have been done');
  },
);
