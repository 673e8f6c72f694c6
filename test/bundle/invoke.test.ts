import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import createSecretEvent from '../../events/create-secret.json' with { type: 'json' };
import testOnlyEvent from '../../events/test-only.json' with { type: 'json' };
import { realClock } from '../../src/local/clock.ts';
import { freePort } from '../../src/local/postgres/free-port.ts';
import { development } from '../../src/local/stack/environments.ts';
import { startStack, type Stack } from '../../src/local/stack/stack.ts';
import { login } from '../local/postgres/login.ts';
import { bundled, type Bundled } from './bundled.ts';

const root = join(import.meta.dirname, '../..');
const token = createSecretEvent.ClientRequestToken;
const { secretName, rotateArn: functionArn, dbUser } = development;

let stack: Stack;
let built: Bundled;
beforeAll(async () => {
  [stack, built] = await Promise.all([
    startStack({ clock: realClock, grace: '60s', ports: { aws: 0, twilio: 0 } }),
    bundled(),
  ]);
});
afterAll(async () => {
  await stack.stop();
  await built[Symbol.asyncDispose]();
});

describe('the four sample events, on the built functions', () => {
  it.each(['once', 'again with the same token'])(
    'rotate every key of the secret, %s',
    async () => {
      const before = published();
      const held = new Set(Object.values(before));
      stack.secretsManager.beginRotation(secretName, { token, functionArn });

      expect(await invoke('create-secret')).toEqual(success('createSecret'));
      expect(labelled('AWSPENDING')).toMatchObject({ versionId: token });
      expect(published()).toEqual(before);

      for (const step of ['set', 'test'] as const) {
        expect(await invoke(`${step}-secret`)).toEqual(success(`${step}Secret`));
        expect(labelled('AWSCURRENT').versionId).not.toBe(token);
        expect(await loginWith(before)).toBe(dbUser);
      }

      expect(await invoke('finish-secret')).toEqual(success('finishSecret'));
      expect(labelled('AWSCURRENT').versionId).toBe(token);
      const after = published();
      for (const key of ['SECRET_KEY', 'DB_PASSWORD', 'TWILIO_AUTH_TOKEN']) {
        expect(held).not.toContain(after[key]);
      }
      expect(await loginWith(after)).toBe(dbUser);
      expect(await loginWith(before)).toBe('28P01');
    },
    60_000,
  );

  it('reconcile finds that the grace still runs', async () => {
    const ran = await invoke('reconcile');

    expect(ran).toEqual(success('reconcile'));
    expect(ran.output).toContain('The grace still runs.');
    expect(ran.output).toMatch(/^METRIC .*ReconcileDone 1, CurrentVersionAge \d+ Seconds, /m);
  });

  it('rollback takes the last rotation back', async () => {
    const undone = published();
    const former = labelled('AWSPREVIOUS').versionId;

    expect(await invoke('rollback')).toEqual(success('rollback'));
    expect(labelled('AWSCURRENT').versionId).toBe(former);
    expect(await loginWith(published())).toBe(dbUser);
    expect(await loginWith(undone)).toBe('28P01');
  });

  it('test-only tries a passing copy of what is current, and changes nothing', async () => {
    const before = published();
    const testing = { token: testOnlyEvent.ClientRequestToken, functionArn };
    const end = stack.secretsManager.beginTest(secretName, testing);
    expect(labelled('AWSPENDING').versionId).toBe(testing.token);

    expect(await invoke('test-only')).toEqual(success('testSecret'));
    end();

    expect(stack.secretsManager.inspect(secretName, 'AWSPENDING')).toBeUndefined();
    expect(published()).toEqual(before);
    expect(await loginWith(before)).toBe(dbUser);
  });

  it('run on what sam build made, which has a folder for each function', async () => {
    const artifact = await mkdtemp(join(tmpdir(), 'keyturn-artifact-'));
    for (const logicalId of ['RotationFunction', 'ReconcileFunction']) {
      await symlink(built.directory, join(artifact, logicalId));
    }

    const ran = await invokeWith({}, ['events/reconcile.json'], ['--artifact', artifact]);
    await rm(artifact, { recursive: true });

    expect(ran).toEqual(success('reconcile'));
  });

  it('stop at the first that fails, with its code and the exit code 1', async () => {
    stack.secretsManager.beginRotation(secretName, { token, functionArn });

    const ran = await invoke('test-secret', 'finish-secret');

    expect(ran.code).toBe(1);
    expect(ran.output).toMatch(/^testSecret failed: \[[A-Z_]+\] .+\n$/m);
    expect(ran.output).not.toContain('finishSecret');
  });

  it('fail with CONFIG_MISMATCH where the grants do not fit', async () => {
    const ran = await invokeWith({ KEYTURN_GRANTS: 'rds:instance/another' }, [
      'events/create-secret.json',
    ]);

    expect(ran.code).toBe(1);
    expect(ran.output).toContain('createSecret failed: [CONFIG_MISMATCH] ');
  });

  it('put no secret value into any output', () => {
    const values = [...seen].flatMap((value) => [
      value,
      encodeURIComponent(value),
      Buffer.from(value).toString('base64').replace(/=+$/, ''),
      Buffer.from(value).toString('base64url'),
    ]);

    expect(seen.size).toBeGreaterThan(8);
    expect(values.filter((value) => outputs.join('').includes(value))).toEqual([]);
  });
});

describe('what it cannot run ends with the exit code 2 and says why', () => {
  it.each([
    ['no file', [], 'npm run invoke -- events/create-secret.json'],
    ['an unknown file', ['events/missing.json'], 'events/missing.json cannot be read'],
    ['no JSON', ['README.md'], 'README.md is not valid JSON'],
    ['two builds', ['--artifact', '.aws-sam/build', 'events/reconcile.json'], '--bundle'],
    ['an unknown option', ['--loud', 'events/reconcile.json'], '--loud'],
    ['another event', ['package.json'], 'package.json is no event of either function'],
  ])('%s', async (_case, args, told) => {
    const ran = await invokeWith({}, args);

    expect(ran.code).toBe(2);
    expect(ran.output).toContain(told);
  });

  it('quotes nothing of a file that is not valid JSON', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'keyturn-invoke-'));
    const file = join(directory, 'event.json');
    await writeFile(file, '{ "RotationToken": "unfinished-and-private');

    const ran = await invokeWith({}, [file]);
    await rm(directory, { recursive: true });

    expect(ran.code).toBe(2);
    expect(ran.output).not.toContain('private');
  });

  it('a stack that is not running', async () => {
    const url = `http://127.0.0.1:${await freePort('127.0.0.1')}`;

    const ran = await invokeWith({ AWS_ENDPOINT_URL: url }, ['events/create-secret.json']);

    expect(ran.code).toBe(2);
    expect(ran.output).toContain('npm run local');
  });

  it('functions that were not built', async () => {
    const ran = await invokeWith({}, ['events/reconcile.json'], ['--bundle', '/nowhere']);

    expect(ran.code).toBe(2);
    expect(ran.output).toContain('npm run build');
  });
});

interface Ran {
  readonly code: unknown;
  readonly output: string;
}

const success = (title: string) => ({
  code: 0,
  output: expect.stringMatching(new RegExp(`^${title} succeeded in \\d+ ms\n$`, 'm')),
});

/** Everything printed, and every value that was published or pending, in this file. */
const outputs: string[] = [];
const seen = new Set<string>([createSecretEvent.RotationToken]);

const invoke = async (...names: readonly string[]): Promise<Ran> =>
  invokeWith(
    {},
    names.map((name) => `events/${name}.json`),
  );

async function invokeWith(
  variables: Readonly<Record<string, string>>,
  args: readonly string[],
  where: readonly string[] = ['--bundle', built.directory],
): Promise<Ran> {
  const command = ['src/local/invoke.ts', ...where, ...args];
  const child = spawn(process.execPath, command, {
    cwd: root,
    env: { AWS_ENDPOINT_URL: stack.awsUrl, TWILIO_BASE_URL: stack.twilioUrl, ...variables },
  });
  const [out, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  for (const label of ['AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS']) remember(label);
  outputs.push(out, errors);
  return { code, output: out + errors };
}

const document = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()));

function labelled(label: string) {
  const version = stack.secretsManager.inspect(secretName, label);
  if (version) return version;
  throw new Error(`No version has the label ${label}.`);
}

const published = () => v.parse(document, labelled('AWSCURRENT').secretString);

/** The account's SID is no secret: Twilio puts it into every address. */
function remember(label: string): void {
  const value = stack.secretsManager.inspect(secretName, label)?.secretString;
  if (value === undefined) return;
  const { TWILIO_ACCOUNT_SID: _, ...values } = v.parse(document, value);
  for (const secret of Object.values(values).flat()) seen.add(v.parse(v.string(), secret));
}

const loginWith = (values: ReturnType<typeof published>) =>
  login(stack.postgres, dbUser, v.parse(v.string(), values['DB_PASSWORD']));
