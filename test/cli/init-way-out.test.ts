import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { json } from 'node:stream/consumers';
import * as v from 'valibot';
import { expect, onTestFinished, test } from 'vitest';
import { Gate } from '../support/gate.ts';
import { copyOfKeyturn } from './copy-of-keyturn.ts';
import { generated, useInitRig } from './init-rig.ts';
import { sample } from './local-secrets.ts';
import { command, environmentOf, runKeyturn } from './run-keyturn.ts';

const { run, secrets } = useInitRig();

type Copy = Awaited<ReturnType<typeof copyOfKeyturn>>;

const failure = v.object({ code: v.string(), message: v.string() });

/** The command, which is told to end while the creation is under way. */
async function interrupted({ folder }: Copy, name: string, signal: NodeJS.Signals) {
  const gate = new Gate({ at: 2, fault: 'held' });
  onTestFinished(() => gate.close());
  const { port } = await gate.to('secretsmanager', secrets().place);
  const clientConfig = { ...secrets().clientConfig, endpoint: `http://127.0.0.1:${port}` };
  const args = [command, 'init', name, '--from-file', '-', '--yes', '--json'];
  const env = environmentOf({ clientConfig });
  const child = spawn(process.execPath, args, { env, cwd: folder });
  child.stdin.end(JSON.stringify(sample));
  const ended = Promise.all([json(child.stdout), once(child, 'close')]);
  await gate.reached;
  child.kill(signal);
  const [answer] = await ended;
  return answer;
}

/** The command that a message names, in the words that were meant to be typed. */
const namedIn = (message: string) => /keyturn (init \S+ --files-only)/.exec(message)?.[1] ?? '';

test('interrupted after the creation, it names the command that writes the missing files', async () => {
  const copy = await copyOfKeyturn();
  const answer = await interrupted(copy, 'way/out', 'SIGINT');
  const { code, message } = v.parse(failure, answer);
  expect(code).toBe('INTERRUPTED_CREATED');
  expect(await copy.read('samconfig.toml')).toBeUndefined();

  const named = namedIn(message).split(' ');
  const stack = { ...secrets(), cwd: copy.folder };
  const { exitCode } = await runKeyturn(stack, ...named, '--yes');

  expect(exitCode).toBe(0);
  expect(await copy.read('samconfig.toml')).toContain('stack_name = "keyturn-way-out"');
});

test('killed after the creation, the next run names that command', async () => {
  const copy = await copyOfKeyturn();
  await interrupted(copy, 'way/killed', 'SIGKILL').catch(() => 'no answer');

  const { error } = await run(copy, generated('way/killed'));

  const { code, message } = v.parse(failure, error);
  expect(code).toBe('SECRET_EXISTS');
  expect(namedIn(message)).toBe('init way/killed --files-only');
});
