import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectSilent } from '../support/expect-told.ts';
import { refusing, sample, samples } from './local-secrets.ts';
import { runKeyturn } from './run-keyturn.ts';
import { execRig, type ExecRig } from './exec-rig.ts';
import { storedSecret } from './stored-secret.ts';

let rig: ExecRig;

beforeAll(async () => {
  rig = await execRig();
});
afterAll(() => rig.close());

/** The beginning of Node's own file. */
const elf = async (): Promise<Buffer> =>
  Buffer.from((await readFile(process.execPath)).subarray(0, 4096));

type Unusable = [what: string, file: string, () => Promise<Buffer> | Buffer | string, mode: number];

describe('a program that cannot be started', () => {
  test.each([
    ['is not on PATH', 'keyturn-no-such-program'],
    ['is at no such path', './keyturn/no-such-program'],
    ['has an empty name', ''],
    ['lies beyond a file', '/etc/passwd/program'],
  ])('exits with 127 where it %s', async (_what, program) => {
    rig.secrets.calm();
    const { exitCode, stdout, stderr } = await rig.exec('--', program, '--json');

    expect({ exitCode, stdout }).toEqual({ exitCode: 127, stdout: '' });
    expect(stderr).toContain('[PROGRAM_NOT_FOUND]');
    expect(rig.secrets.calls).toEqual([]);
  });

  test.each<Unusable>([
    ['may not be executed', 'plain', () => 'echo', 0o644],
    ['has an interpreter that is missing', 'missing', () => '#!/no/such\necho\n', 0o755],
    ['has an interpreter with a CR', 'cr', () => '#!/bin/sh\r\necho\n', 0o755],
    ['has an interpreter that is a directory', 'folder', () => '#!/tmp\necho\n', 0o755],
    ['is no text and no program', 'garbage', () => Buffer.from([1, 2, 3, 0, 255]), 0o755],
    ['is cut off', 'short', async () => (await elf()).subarray(0, 40), 0o755],
    ['is a corrupt program', 'corrupt', async () => (await elf()).fill(255, 32, 64), 0o755],
    ['is for another machine', 'foreign', async () => (await elf()).fill(0x7b, 18, 20), 0o755],
  ])('exits with 126 where it %s', async (_what, file, content, mode) => {
    const path = await rig.executable(file, await content(), mode);

    const { exitCode, stderr } = await rig.exec('--', path);

    expect(stderr).toMatch(/^keyturn: The program .* \[PROGRAM_NOT_EXECUTABLE\]\n$/s);
    expect(stderr).not.toMatch(/[^\P{Cc}\n]/u);
    expect(exitCode).toBe(126);
  });

  test('exits with 126 for a directory', async () => {
    expect((await rig.exec('--', rig.folder)).exitCode).toBe(126);
  });

  test.runIf(process.platform === 'linux')(
    'exits with 126 where its loader is missing',
    async () => {
      const program = await elf();
      program.write('/no-linux', program.indexOf('/ld-linux'));
      const path = await rig.executable('loader', program);

      const { exitCode, stderr } = await rig.exec('--', path);

      expect(exitCode).toBe(126);
      expect(stderr).toContain('/no-linux');
    },
  );
});

const unset = { KEYTURN_SECRET_ID: undefined };

describe('what fails before the program starts exits with 125', () => {
  test.each([
    ['no --', ['sh', '-c', 'echo started'], {}, 'Put -- before the program', 'USAGE'],
    ['an argument before the --', ['x', '--', 'echo'], {}, 'Only options stand before', 'USAGE'],
    ['no program', ['--'], {}, 'Name a program after the --', 'USAGE'],
    ['an unknown option', ['--force', '--', 'echo'], {}, "unknown option '--force'", 'USAGE'],
    ['no secret', ['--', 'echo'], unset, '--secret, or set the variable KEYTURN_SECRET', 'USAGE'],
    ['an empty secret', ['--secret', '', '--', 'echo'], {}, 'neither the name nor', 'USAGE'],
    ['-- for a secret', ['--secret', '--', '--', 'echo'], {}, 'missing before the --', 'USAGE'],
    ['-- for a list', ['--only', '--', '--', 'echo'], {}, 'missing before the --', 'USAGE'],
    ['no such key, as JSON', ['--json', '--', 'echo'], {}, '--json', 'USAGE'],
    ['an empty list', ['--only=', '--', 'echo'], {}, 'separated by commas', 'USAGE'],
    ['--every alone', ['--every', '5s', '--', 'echo'], {}, 'belong to --watch', 'USAGE'],
    ['a time that is none', ['--watch', '--every', '5', '--', 'echo'], {}, '100ms to 24h', 'USAGE'],
    ['a signal that ends', ['--watch', '--signal', 'KILL', '--', 'echo'], {}, 'HUP, USR1', 'USAGE'],
    ['what goes against', ['--pristine', '--preserve-env', '--', 'echo'], {}, 'Name what', 'USAGE'],
    ['no such secret', ['--secret', 'no/such', '--', 'echo'], {}, 'no/such', 'SECRET_NOT_FOUND'],
    ['no such key', ['--only', 'NO_SUCH', '--', 'echo'], {}, 'DB_PASSWORD', 'KEY_MISSING'],
    ['a warning', ['--strict', '--', 'echo'], { DB_PASSWORD: 'x' }, 'DB_PASSWORD', 'STRICT'],
  ] as const)('%s', async (_what, args, env, said, code) => {
    const { exitCode, stdout, stderr } = await runKeyturn(rig.endpoint(env), 'exec', ...args);

    expect({ exitCode, stdout }).toEqual({ exitCode: 125, stdout: '' });
    expect(stderr).toContain(said);
    expect(stderr).toContain(`[${code}]`);
    expectSilent(stderr, samples);
  });

  test.each([
    ['AccessDeniedException', 'ACCESS_DENIED'],
    ['InvalidRequestException', 'SECRET_BEING_DELETED'],
    ['DecryptionFailure', 'KMS_KEY_UNUSABLE'],
    ['InternalServiceError', 'UNREACHABLE'],
  ])('%s of the service', async (error, code) => {
    rig.secrets.interference.before = () => refusing(error, '', code === 'UNREACHABLE' ? 500 : 400);
    const { exitCode, stdout, stderr } = await rig.exec('--', 'echo', 'started');
    rig.secrets.calm();

    expect({ exitCode, stdout }).toEqual({ exitCode: 125, stdout: '' });
    expect(stderr).toContain(`[${code}]`);
  });

  test.each([
    ['text', 'just Zq7-horse-staple_9vR'],
    ['JSON that is no object', '["Zq7-horse-staple_9vR"]'],
    ['JSON that is cut off', '{"DB_PASSWORD":"Zq7-horse-staple_9vR'],
  ])('a secret of %s', async (_what, content) => {
    rig.secrets.interference.before = () =>
      Response.json({ VersionId: '1', SecretString: content, VersionStages: ['AWSCURRENT'] });
    const { exitCode, stderr } = await rig.exec('--', 'echo');
    rig.secrets.calm();

    expect(exitCode).toBe(125);
    expect(stderr).toContain('[SECRET_NOT_JSON_OBJECT]');
    expectSilent(stderr, samples);
  });

  test('a value that cannot be a variable', async () => {
    const { name: holding } = await storedSecret(rig.secrets, { KEY: `${sample.DB_PASSWORD}\0` });

    const { exitCode, stderr } = await rig.exec('--secret', holding, '--', 'echo');

    expect(exitCode).toBe(125);
    expect(stderr).toContain('The value of the key KEY cannot be a variable');
    expectSilent(stderr, samples);
  });
});
