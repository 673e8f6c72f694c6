import { CreateSecretCommand, DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { randomUUID } from 'node:crypto';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'smol-toml';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Interrupted } from '../../src/cli/failure.ts';
import { init } from '../../src/cli/init/init.ts';
import { readOptions } from '../../src/cli/init/options.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { expectSilent } from '../support/expect-told.ts';
import { copyOfKeyturn } from './copy-of-keyturn.ts';
import { localSecrets, sample, samples, type LocalSecrets } from './local-secrets.ts';
import { runKeyturn } from './run-keyturn.ts';

let secrets: LocalSecrets;

beforeAll(async () => {
  secrets = await localSecrets();
  vi.stubEnv('AWS_ENDPOINT_URL', secrets.clientConfig.endpoint);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});
beforeEach(() => secrets.calm());
afterAll(async () => {
  vi.unstubAllEnvs();
  await secrets.close();
});

type Copy = Awaited<ReturnType<typeof copyOfKeyturn>>;

interface Run {
  /** Typed at the questions of a person; without it nobody is there. */
  readonly typed?: readonly string[];
}

/** The command in this process, for a secret whose values somebody types, or who is not there. */
async function run({ folder }: Pick<Copy, 'folder'>, given: object, { typed }: Run = {}) {
  const [said, asked]: [string[], string[]] = [[], []];
  const answers = [...(typed ?? [])];
  const terminal: Terminal = {
    interactive: typed !== undefined,
    tell: (text) => void said.push(text),
    answer: async (text) => void said.push(text),
    confirm: async (question) => {
      asked.push(question);
      return true;
    },
    askHidden: async () => new Map(Object.entries(sample)),
  };
  const ask = async (question: string) => {
    asked.push(question);
    const answer = answers.shift();
    if (answer === undefined) throw new Interrupted();
    return answer;
  };
  const options = readOptions({ yes: typed === undefined, ...given });
  const error: unknown = await init(options, terminal, { folder, ask }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expectSilent(said.join('') + String(error), [...samples, ...secrets.sent]);
  return { said: said.join(''), asked, error };
}

/** For a secret of one key that is generated: nobody needs to be there. */
const alone = ['DB_PASSWORD', 'TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'];
const generated = (secret: string, more: object = {}) => ({ secret, without: alone, ...more });

const filesIn = async ({ folder }: Copy) =>
  (await readdir(folder)).filter((name) => /samconfig|config\.new|tmp/.test(name));

const made = () => secrets.made().length;

describe('writes samconfig.toml', () => {
  test('for the answers given and no others, so that sam deploy needs no question', async () => {
    const copy = await copyOfKeyturn();
    const parameter = ['Schedule=cron(0 3 1 * ? *)', 'SubnetIds=subnet-1,subnet-2'];

    const { said } = await run(
      copy,
      generated('files/production', {
        parameter: [...parameter, 'SecurityGroupIds=sg-1', 'DbInstance=orders'],
        kmsKey: 'arn:aws:kms:us-east-1:000000000000:key/1',
      }),
    );

    expect(parse((await copy.read('samconfig.toml')) ?? '')).toEqual({
      version: 0.1,
      default: {
        global: { parameters: { stack_name: 'keyturn-files-production', region: 'us-east-1' } },
        deploy: {
          parameters: {
            capabilities: 'CAPABILITY_IAM',
            confirm_changeset: true,
            resolve_s3: true,
            s3_prefix: 'keyturn-files-production',
            parameter_overrides: [
              'Environment="production"',
              'SecretName="files/production"',
              'KmsKeyArn="arn:aws:kms:us-east-1:000000000000:key/1"',
              'DbInstance="orders"',
              'Schedule="cron(0 3 1 * ? *)"',
              'SubnetIds="subnet-1,subnet-2"',
              'SecurityGroupIds="sg-1"',
            ],
          },
        },
      },
    });
    expect(said).toContain('samconfig.toml is written.');
    expect(said).toContain('\n  sam build && sam deploy\n');
    expect((await stat(path.join(copy.folder, 'samconfig.toml'))).mode & 0o777).toBe(0o644);
    expect(await filesIn(copy)).toEqual(['samconfig.toml']);
  });

  test('without a value of the secret in it, or in what is said', async () => {
    const copy = await copyOfKeyturn();

    await run(copy, { secret: 'files/values', yes: true }, { typed: [] });

    expect(secrets.valueOf('files/values')).toContain(sample.DB_PASSWORD);
    expectSilent((await copy.read('samconfig.toml')) ?? '', [...samples, ...secrets.sent]);
  });

  test('behind what another environment has there, which stays byte for byte', async () => {
    const copy = await copyOfKeyturn();
    const before = '# Mine.\nversion=0.1\n[default.deploy.parameters]\nstack_name   = "x" # so\n';
    await copy.write('samconfig.toml', before);

    const { said } = await run(copy, generated('next/testing'));

    const after = (await copy.read('samconfig.toml')) ?? '';
    expect(after.slice(0, before.length)).toBe(before);
    expect(Object.keys(parse(after))).toEqual(['version', 'default', 'testing']);
    expect(said).toContain('sam deploy --config-env testing\n');
  });

  test('under the name of the stack, where the environment has a table for another one', async () => {
    const copy = await copyOfKeyturn();
    for (const secret of ['first/testing', 'second/testing', 'third/testing']) {
      await run(copy, generated(secret));
    }

    const tables = Object.keys(parse((await copy.read('samconfig.toml')) ?? ''));
    expect(tables).toEqual(['version', 'default', 'testing', 'keyturn-third-testing']);
  });

  test('and a second run with the same answers changes nothing, and says so', async () => {
    const copy = await copyOfKeyturn();
    const parameter = ['RotateTwilio=false', 'Dashboard=true'];
    await run(copy, generated('twice/production', { parameter }));
    const before = await copy.read('samconfig.toml');
    secrets.calm();

    const again = { secret: 'twice/production', parameter: parameter.toReversed() };
    const whole = await run(copy, { ...again, without: alone });
    const { said, error } = await run(copy, { ...again, filesOnly: true });

    expect(whole.error).toMatchObject({ code: 'SECRET_EXISTS' });
    expect(error).toBeUndefined();
    expect(said).toContain('Nothing was changed: samconfig.toml said it already.');
    expect(await copy.read('samconfig.toml')).toBe(before);
    expect(made()).toBe(0);
  });
});

describe('leaves a file that says otherwise as it is, and creates nothing', () => {
  const about = 'stack_name = "keyturn-development"';

  test.each([
    ['another answer for the same stack', `[default.deploy.parameters]\n${about}\n`],
    ['the same for all commands', `[other.global.parameters]\n${about}\nregion = "us-east-1"\n`],
    ['no TOML', '[default\n'],
    ['a table that cannot be added to', 'development = 1\nkeyturn-development = 1\n'],
  ])('%s', async (_what, before) => {
    const copy = await copyOfKeyturn();
    await copy.write('samconfig.toml', before);

    const { error } = await run(copy, { ...generated(''), secret: undefined });

    expect(error).toMatchObject({ code: 'FILE_DIFFERS' });
    expect(await copy.read('samconfig.toml')).toBe(before);
    expect(made()).toBe(0);
  });

  test('bytes that are no UTF-8', async () => {
    const copy = await copyOfKeyturn();
    const file = path.join(copy.folder, 'samconfig.toml');
    const latin = Buffer.from('# von M\u00fcller\nversion = 0.1\n', 'latin1');
    writeFileSync(file, latin);

    const { error } = await run(copy, { ...generated(''), secret: undefined });

    expect(error).toMatchObject({ code: 'FILE_DIFFERS' });
    expect(readFileSync(file)).toEqual(latin);
    expect(made()).toBe(0);
  });

  test('a link to a file that is not there', async () => {
    const copy = await copyOfKeyturn();
    symlinkSync('nowhere.toml', path.join(copy.folder, 'samconfig.toml'));

    const { error } = await run(copy, { ...generated(''), secret: undefined });

    expect(error).toMatchObject({ code: 'FILES_UNWRITTEN' });
    expect(await copy.read('nowhere.toml')).toBeUndefined();
    expect(made()).toBe(0);
  });

  test('of the same stack in another region it says nothing', async () => {
    const copy = await copyOfKeyturn();
    const elsewhere = `[default.global.parameters]\n${about}\nregion = "eu-west-1"\n`;
    await copy.write('samconfig.toml', elsewhere);

    expect((await run(copy, { without: alone, dryRun: true })).error).toBeUndefined();
  });
});

describe('writes rotation.config.ts', () => {
  const rotate = ['SIGNING=random-key', 'PASSWORD=rds-master-password,instance=orders'];
  const generate = ['PASSWORD'];

  test('where --rotate names keys of their own, beside the one that is there', async () => {
    const copy = await copyOfKeyturn();
    const before = await copy.read('rotation.config.ts');

    const { said } = await run(copy, { secret: 'own/testing', rotate, generate });

    expect(Object.keys(JSON.parse(secrets.valueOf('own/testing') ?? ''))).toEqual([
      'SIGNING',
      'PASSWORD',
    ]);
    expect(await copy.read('rotation.config.ts')).toBe(before);
    expect(await copy.read('rotation.config.new.ts')).toContain(
      "secret: env.KEYTURN_SECRET ?? 'own/*'",
    );
    expect(said).toContain('mv rotation.config.new.ts rotation.config.ts && sam build');
  });

  test('where there is none, and leaves the same for another environment as it is', async () => {
    const copy = await copyOfKeyturn();
    await rm(path.join(copy.folder, 'rotation.config.ts'));

    await run(copy, { secret: 'none/testing', rotate, generate });
    const written = await copy.read('rotation.config.ts');
    const other = ['SIGNING=random-key', 'PASSWORD=rds-master-password,instance=sales'];
    const { said } = await run(copy, { secret: 'none/production', rotate: other, generate });

    expect(written).toContain('PASSWORD: {');
    expect(await copy.read('rotation.config.ts')).toBe(written);
    expect(said).toContain('rotation.config.ts said it already');
    expect(await copy.read('samconfig.toml')).toContain('DbInstance=\\"sales\\"');
  });

  test('and refuses, with nothing created, where both names are taken', async () => {
    const copy = await copyOfKeyturn();
    await copy.write('rotation.config.new.ts', '// Mine.\n');

    const { error } = await run(copy, { secret: 'taken', rotate, generate });

    expect(error).toMatchObject({ code: 'FILE_DIFFERS' });
    expect(await copy.read('rotation.config.new.ts')).toBe('// Mine.\n');
    expect(await copy.read('samconfig.toml')).toBeUndefined();
    expect(made()).toBe(0);
  });
});

test('creates nothing where the functions would refuse to start with these answers', async () => {
  const copy = await copyOfKeyturn();
  const { error } = await run(copy, {
    secret: 'mismatch',
    rotate: [
      'ONE=postgres-password,instance=orders,user=u',
      'OTHER=postgres-password,instance=sales,user=u',
    ],
    generate: ['ONE', 'OTHER'],
  });

  expect(error).toMatchObject({
    code: 'CONFIG_MISMATCH',
    message: expect.stringContaining('rds-endpoint:instance/sales'),
  });
  expect(made()).toBe(0);
});

describe('on a terminal', () => {
  test('asks for what a deployment needs and no option said, before anything is made', async () => {
    const copy = await copyOfKeyturn();
    const typed = ['Orders', 'orders', 'y', 'subnet-1', 'sg-1', 'me@example.com'];

    const { asked } = await run(copy, { secret: 'asked/production' }, { typed });

    expect(asked.map((question) => question.replace(/ (is |account |lead ).*/s, ''))).toEqual([
      'The RDS instance whose master password DB_PASSWORD',
      expect.stringMatching(/^It must be the identifier .*\nThe RDS instance/),
      'Rotate TWILIO_AUTH_TOKEN? One environment of an',
      'The subnets that',
      'The security groups of the functions there, with commas between: ',
      'An address of e-mail for alarms (empty: none): ',
      'Create it?',
    ]);
    expect(await copy.read('samconfig.toml')).toMatch(
      /RotateTwilio=."true.*DbInstance=."orders.*SubnetIds=."subnet-1.*SecurityGroupIds=."sg-1.*me@example/,
    );
  });

  test('asks nothing that was said, or that does not matter', async () => {
    const copy = await copyOfKeyturn();
    const parameter = ['RotateTwilio=true', 'Alarms=false', 'DbRotator=postgres-password'];

    const { asked } = await run(copy, { secret: 'asked/not', parameter }, { typed: [] });

    expect(asked).toEqual(['Create it?']);
  });

  test('an empty answer leaves a parameter as it is by default', async () => {
    const copy = await copyOfKeyturn();

    await run(copy, { secret: 'asked/empty' }, { typed: ['', '', ''] });

    expect(await copy.read('samconfig.toml')).toContain(
      'parameter_overrides = [ "Environment=\\"development\\"", "SecretName=\\"asked/empty\\"", "RotateTwilio=\\"false\\"" ]',
    );
  });

  test('creates nothing where a question is interrupted', async () => {
    const copy = await copyOfKeyturn();

    const { error } = await run(copy, { secret: 'asked/stop' }, { typed: ['orders'] });

    expect(error).toMatchObject({ code: 'INTERRUPTED' });
    expect([made(), await filesIn(copy)]).toEqual([0, []]);
  });
});

describe('writes nothing', () => {
  test('with --dry-run, and shows what would be written', async () => {
    const copy = await copyOfKeyturn();

    const { said } = await run(copy, generated('dry/files', { dryRun: true }));

    expect(said).toContain('samconfig.toml would be:');
    expect(said).toContain('  stack_name = "keyturn-dry-files"');
    expect([made(), await filesIn(copy)]).toEqual([0, []]);
  });

  test('with --no-files', async () => {
    const copy = await copyOfKeyturn();

    await run(copy, generated('no/files', { files: false }));

    expect([made(), await filesIn(copy)]).toEqual([1, []]);
  });

  test('in a folder that is no copy of Keyturn, and says so', async () => {
    const { said } = await run({ folder: tmpdir() }, generated('no/copy'));

    expect(said).toContain('no samconfig.toml is written');
    expect(said).toContain('sam deploy --guided');
  });
});

describe('where a file is written by somebody else meanwhile', () => {
  test.each([
    ['is made', undefined],
    ['changes', 'version = 0.1\n'],
  ])('and %s, that stays, and what was created is told', async (_what, before) => {
    const copy = await copyOfKeyturn();
    if (before !== undefined) await copy.write('samconfig.toml', before);
    secrets.interference.before = (operation) => {
      if (operation === 'CreateSecret') {
        writeFileSync(path.join(copy.folder, 'samconfig.toml'), 'theirs = 1\n');
      }
      return undefined;
    };
    const secret = `meanwhile/${randomUUID()}`;

    const { error } = await run(copy, generated(secret));

    const arn = await secrets.arnOf(secret);
    expect(error).toMatchObject({
      code: 'FILES_UNWRITTEN',
      message: expect.stringContaining(arn ?? ''),
    });
    expect(await copy.read('samconfig.toml')).toBe('theirs = 1\n');
    expect(await filesIn(copy)).toEqual(['samconfig.toml']);
  });
});

const only = (secret: string, more: object = {}) => ({ secret, filesOnly: true, ...more });

describe('--files-only', () => {
  test('writes them for a secret that exists, and does not read its value', async () => {
    const copy = await copyOfKeyturn();
    const KmsKeyId = 'arn:aws:kms:us-east-1:000000000000:key/22222222-3333';
    const input = { Name: 'only/production', SecretString: '{"A": "b"}', KmsKeyId };
    await secrets.client.send(new CreateSecretCommand(input));
    secrets.calm();

    const { error } = await run(copy, only('only/production', { parameter: ['DbCluster=c'] }));

    expect(error).toBeUndefined();
    expect(secrets.calls.map(({ operation }) => operation)).toEqual(['DescribeSecret']);
    expect(await copy.read('samconfig.toml')).toContain(`KmsKeyArn=\\"${KmsKeyId}\\"`);
  });

  test('refuses a secret that is not there, or is being deleted', async () => {
    const copy = await copyOfKeyturn();
    await secrets.client.send(new CreateSecretCommand({ Name: 'only/gone', SecretString: '{}' }));
    await secrets.client.send(new DeleteSecretCommand({ SecretId: 'only/gone' }));

    const none = await run(copy, only('only/none'));
    const gone = await run(copy, only('only/gone'));

    expect(none.error).toMatchObject({ code: 'SECRET_NOT_FOUND' });
    expect(gone.error).toMatchObject({ code: 'SECRET_BEING_DELETED' });
    expect(await filesIn(copy)).toEqual([]);
  });

  test('refuses a folder that is no copy of Keyturn', async () => {
    const { error } = await run({ folder: tmpdir() }, only('only/elsewhere'));

    expect(error).toMatchObject({ code: 'USAGE' });
  });
});

test('the command writes into the folder it is called in, and with --json names the files', async () => {
  const copy = await copyOfKeyturn();
  const stack = { ...secrets, cwd: copy.folder, input: JSON.stringify(sample) };
  const args = ['--from-file=-', '--yes', '--json', '--parameter', 'DbInstance=orders'];

  const { exitCode, stdout } = await runKeyturn(stack, 'init', 'command/production', ...args);

  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    secret: 'command/production',
    files: [{ name: 'samconfig.toml', outcome: 'written' }],
    next: 'sam build && sam deploy',
  });
  expect(await copy.read('samconfig.toml')).toContain('stack_name = "keyturn-command-production"');
});

/** What is thrown, by the reading of the options or by what follows. */
const refusal = (work: () => ReturnType<typeof run>): Promise<unknown> =>
  work().then(
    ({ error }) => error,
    (thrown: unknown) => thrown,
  );

const withParameter = (...given: string[]) => ({ parameter: given });
const withRotate = (...given: string[]) => ({ rotate: given });

describe('wrong usage makes nothing, and is told without what an argument held:', () => {
  const mark = 'Zx9_secret-in-the-wrong-place';
  test.each<[string, object, string]>([
    ['no parameter', withParameter(mark), '--parameter takes Name=value'],
    [
      'an unknown one',
      withParameter(`Unknown=${mark}`),
      'Unknown is no parameter of template.yaml',
    ],
    ['one of another option', withParameter(`SecretName=${mark}`), 'say it there'],
    [
      'one that does not fit',
      withParameter(`DbInstance=${mark}`),
      'DbInstance must be the identifier',
    ],
    ['none of a few', withParameter(`Alarms=${mark}`), 'Alarms must be one of true, false'],
    ['no number', withParameter(`FunctionTimeout=${mark}`), 'a number from 240 to 900'],
    ['one given twice', withParameter('DbName=a', 'DbName=b'), 'DbName is given twice'],
    ['one that SAM would read otherwise', withParameter(`DbName="${mark}`), 'must not hold quotes'],
    ['two databases', withParameter('DbInstance=a', 'DbCluster=b'), 'give one of them'],
    ['no rotation', withRotate(mark), '--rotate takes KEY=rotator'],
    ['an unknown rotator', withRotate(`KEY=${mark}`), '--rotate KEY names no rotator'],
    ['no option', withRotate(`KEY=random-key,${mark}`), '--rotate KEY takes KEY=rotator'],
    ['a key that every object has', withRotate('__proto__=random-key'), 'of the name __proto__'],
    [
      'an option that every object has',
      withRotate('KEY=random-key,constructor=x'),
      'of the name constructor',
    ],
    ['a parameter that every object has', withParameter('constructor=x'), 'is no parameter of'],
    ['a key twice', withRotate('KEY=random-key', 'KEY=random-key'), 'is in two of --rotate'],
    [
      'a contradiction',
      { ...withRotate('K=rds-master-password,instance=a'), ...withParameter('DbInstance=b') },
      '--parameter DbInstance contradict',
    ],
    ['a name for a stack', { stackName: `${mark}!` }, '--stack-name must be'],
    ['values for files only', { filesOnly: true, generate: ['A'] }, '--files-only is for'],
  ])('%s', async (_what, given, message) => {
    const copy = await copyOfKeyturn();

    const error = await refusal(() => run(copy, { secret: 'wrong', ...given }));

    expect(error).toMatchObject({ code: 'USAGE', message: expect.stringContaining(message) });
    expect(String(error)).not.toContain(mark);
    expect([made(), await filesIn(copy)]).toEqual([0, []]);
  });
});

test.each(['postgres-alternatng', 'Postgres_alternating', 'postgre-alternating'])(
  'init %s is no name of a secret',
  async (name) => {
    const clientConfig = { ...secrets.clientConfig, endpoint: 'http://127.0.0.1:1' };
    const { exitCode, stderr } = await runKeyturn({ clientConfig }, 'init', name, '--yes');

    expect(exitCode).toBe(2);
    expect(stderr).toContain('(Did you mean init postgres-alternating?)');
  },
);
