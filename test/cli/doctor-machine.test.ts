import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { production } from '../../src/local/stack/environments.ts';
import { type DoctorRig, startDoctorRig } from './doctor-rig.ts';

let rig: DoctorRig;
let values: Record<string, unknown>;

beforeAll(async () => {
  rig = await startDoctorRig();
  values = await rig.read();
});
afterAll(() => rig.stop());

const { secretName, secretArn, applicationRole } = production;
const noKeys = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
const may = (...Action: string[]) => ({ Effect: 'Allow', Action, Resource: '*' });
const keysIn = (profile: string) =>
  `[${profile}]\naws_access_key_id = local\naws_secret_access_key = local\n`;

describe('credentials', () => {
  test('come from a profile, whose name it says, with four characters of the key', async () => {
    const { fails, findings } = await rig.doctor({
      env: { ...noKeys, AWS_PROFILE: 'work' },
      aws: { credentials: keysIn('work') },
    });

    expect(fails).toEqual([]);
    expect(findings[0]?.message).toBe('They come from the profile work (access key …ocal).');
  });

  test('hide others: a profile comes before the variables here, and after them elsewhere', async () => {
    const { warnings, of } = await rig.doctor({
      env: { AWS_PROFILE: 'work' },
      aws: { credentials: keysIn('work') },
    });

    expect(warnings).toContain('CREDENTIALS_SHADOWED');
    expect(of('CREDENTIALS_SHADOWED')?.message).toContain('not used: the variables');
    expect(of('CREDENTIALS_SHADOWED')?.message).toContain('Here the profile work came first');
  });

  test.each([
    ['half of a pair', { AWS_SECRET_ACCESS_KEY: undefined }, 'CREDENTIALS_INCOMPLETE'],
    ['a temporary key alone', { AWS_ACCESS_KEY_ID: 'ASIALOCAL' }, 'CREDENTIALS_INCOMPLETE'],
    [
      'a session that ended by its own date',
      { AWS_CREDENTIAL_EXPIRATION: '2020-01-01T00:00:00Z' },
      'CREDENTIALS_EXPIRED',
    ],
    ['a profile without any', { ...noKeys, AWS_PROFILE: 'empty' }, 'PROFILE_WITHOUT_CREDENTIALS'],
    [
      'a profile whose session was never begun',
      { ...noKeys, AWS_PROFILE: 'sso' },
      'CREDENTIALS_EXPIRED',
    ],
    [
      'a container whose role is not to be had',
      { ...noKeys, AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/role' },
      'CREDENTIALS_FAILED',
    ],
    ['a profile whose program fails', { ...noKeys, AWS_PROFILE: 'program' }, 'CREDENTIALS_FAILED'],
  ])('are told: %s', async (_what, env, code) => {
    const config = [
      '[profile empty]',
      'region = us-east-1',
      '[profile program]',
      'credential_process = false',
      '[profile sso]',
      'sso_session = corp',
      'sso_account_id = 000000000000',
      'sso_role_name = Reader',
      '[sso-session corp]',
      'sso_region = us-east-1',
      'sso_start_url = https://corp.example/start',
    ].join('\n');

    expect((await rig.doctor({ env, aws: { config } })).fails).toEqual([code]);
  });

  test('that end soon are a warning', async () => {
    const soon = new Date(Date.now() + 14 * 60_000).toISOString();

    const { fails, warnings } = await rig.doctor({ env: { AWS_CREDENTIAL_EXPIRATION: soon } });

    expect(fails).toEqual([]);
    expect(warnings).toContain('CREDENTIALS_EXPIRE_SOON');
  });
});

describe('the region', () => {
  test('of a variable that the SDK does not read is none, and the ARN leads on', async () => {
    const { fails, findings } = await rig.doctor({
      args: [secretArn],
      env: { AWS_REGION: undefined, AWS_DEFAULT_REGION: 'us-east-1' },
    });

    expect(fails).toEqual(['NO_REGION']);
    expect(findings.find(({ check }) => check === 'secret')?.status).toBe('ok');
  });

  test('that differs for boto3 is a warning', async () => {
    const { fails, warnings } = await rig.doctor({ env: { AWS_DEFAULT_REGION: 'eu-west-1' } });

    expect(fails).toEqual([]);
    expect(warnings).toContain('REGION_IGNORED');
  });

  test('of a profile is used, and named', async () => {
    const { fails, of, findings } = await rig.doctor({
      env: { AWS_REGION: undefined, AWS_PROFILE: 'work', ...noKeys },
      aws: { credentials: keysIn('work'), config: '[profile work]\nregion = eu-west-1\n' },
    });

    expect(fails).toEqual(['WRONG_REGION']);
    expect(of('WRONG_REGION')?.message).toContain('us-east-1');
    expect(findings.find(({ check }) => check === 'region')?.message).toContain('profile work');
  });
});

test('a clock that AWS would refuse', async () => {
  const stack = await atAnotherTime(-6 * 60_000);

  const { fails, of } = await rig.doctor({ env: { AWS_ENDPOINT_URL: stack } });

  expect(fails).toEqual(['CLOCK_WRONG']);
  expect(of('CLOCK_WRONG')?.message).toMatch(/clock is 3[56]\d s ahead/);
});

describe('the application', () => {
  test("is healthy with the stack's policy for it, and sees no more", async () => {
    const { fails, warnings, findings } = await rig.doctor({
      args: ['--keys', 'DB_PASSWORD,SECRET_KEY', secretName],
      env: { AWS_ACCESS_KEY_ID: applicationRole },
    });

    expect({ fails, warnings }).toEqual({ fails: [], warnings: ['SECRET_NOT_VISIBLE'] });
    expect(findings.find(({ check }) => check === 'value')?.status).toBe('ok');
  });

  test('names its secret by the variable that it has', async () => {
    const { exitCode, stdout } = await rig.run({ env: { KEYTURN_SECRET_ID: secretName } });

    expect(exitCode).toBe(0);
    expect(stdout).toContain('reminder-app/production is there');
  });

  test('needs a key that is not there', async () => {
    const { fails, of } = await rig.doctor({ args: ['--keys', 'API_KEY', secretName] });

    expect(fails).toEqual(['KEY_MISSING']);
    expect(of('KEY_MISSING')?.key).toBe('API_KEY');
  });

  test('has other settings around it', async () => {
    const { fails, warnings, of } = await rig.doctor({
      env: { DB_PASSWORD: 'old-one-9f', TWILIO_ACCOUNT_SID: String(values['TWILIO_ACCOUNT_SID']) },
      files: { '.env': 'SECRET_KEY=from-a-file-7\nPORT=80\n' },
    });

    expect(fails).toEqual([]);
    expect(warnings).toEqual(expect.arrayContaining(['ENVIRONMENT_DIFFERS', 'ENV_FILE_DIFFERS']));
    expect(of('ENVIRONMENT_DIFFERS')?.message).toMatch(/in the secret: DB_PASSWORD\.$/);
    expect(of('ENV_FILE_DIFFERS')?.message).toContain('SECRET_KEY');
  });

  test('is shown what a guide has in place of a value', async () => {
    onTestFinished(async () => void (await rig.put(JSON.stringify(values))));
    await rig.put(JSON.stringify({ ...values, SECRET_KEY: 'your-strong-production-secret-key' }));

    const { fails, of } = await rig.doctor();

    expect(fails).toEqual(['VALUE_PLACEHOLDER']);
    expect(of('VALUE_PLACEHOLDER')?.key).toBe('SECRET_KEY');
  });
});

describe('an operator', () => {
  test('who may read no value finds nothing wrong with --no-values', async () => {
    const look = may('secretsmanager:Describe*', 'secretsmanager:List*', 'lambda:*');
    const env = rig.user('operator', look, may('scheduler:*', 'cloudwatch:*', 'sns:*'));
    const calls = rig.stack.secretsManager.calls.length;

    const { fails } = await rig.doctor({ args: ['--no-values', secretName], env });

    expect(fails).toEqual([]);
    const own = rig.stack.secretsManager.calls.slice(calls);
    const byCommand = own.filter(({ userAgent }) => !userAgent.includes('keyturn-production'));
    // One of them is the test's own.
    expect(byCommand.filter(({ operation }) => operation === 'GetSecretValue')).toHaveLength(1);
  });

  test('who may look at nothing is not told that all is well, without values', async () => {
    const env = rig.user('nobody', may('sts:*'));

    const { fails } = await rig.doctor({ args: ['--no-values', secretName], env });

    expect(fails).toEqual(['SECRET_NOT_VISIBLE', 'DENIED_BY_IDENTITY_POLICY']);
  });

  test('who may not look at the stack is told what is not known', async () => {
    const env = rig.user('narrow', may('secretsmanager:*', 'kms:*'));

    const { fails, warnings, findings } = await rig.doctor({ env });

    expect(fails).toEqual([]);
    expect(warnings).toEqual(['NOT_VISIBLE', 'INVOKE_DENIED']);
    const unseen = findings.filter(({ code }) => code === 'NOT_VISIBLE').map(({ check }) => check);
    expect(unseen).toEqual(['function', 'permission', 'daily-run', 'alarms']);
  });

  test('reads with the smallest policy that the doctor printed', async () => {
    const look = may('secretsmanager:Describe*');
    const refused = await rig.doctor({ env: rig.user('before', look) });
    const { fix = '' } = refused.of('DENIED_BY_IDENTITY_POLICY') ?? {};
    const { Statement }: { Statement: object[] } = JSON.parse(fix.slice(fix.indexOf('{')));

    const { fails } = await rig.doctor({ env: rig.user('after', look, ...Statement) });

    expect(fails).toEqual([]);
  });
});

test("another account's secret, which the caller may read and not describe", async () => {
  const url = await atAnotherTime(0, (body) => body.replace('444455556666', '000000000000'));
  const env = { ...rig.user('guest', may('secretsmanager:GetSecretValue', 'kms:*')) };

  const { fails, warnings } = await rig.doctor({
    args: [secretArn.replace('000000000000', '444455556666')],
    env: { ...env, AWS_ENDPOINT_URL: url },
  });

  expect({ fails, warnings }).toEqual({ fails: [], warnings: ['OTHER_ACCOUNT'] });
});

describe('what is printed', () => {
  test('for a person: each check, a mark and a word, the fix below, the sum at the end', async () => {
    const { exitCode, stdout, stderr } = await rig.run({
      args: [secretName],
      env: { ...noKeys, FORCE_COLOR: undefined },
    });

    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(stdout).toMatch(/^credentials\n {2}✗ problem: .*\[NO_CREDENTIALS\]\n {6}Sign in/);
    expect(stdout).toContain('\nregion\n  ✓ ok: us-east-1, from AWS_REGION.\n');
    expect(stdout).toContain('\nsecret\n  - not checked: ');
    expect(stdout).toMatch(/\n1 problem, 0 warnings, \d+ not checked\. .*troubleshooting\.md\.\n$/);
  });

  test.each([
    ['no secret', []],
    ['two of them', ['one', 'two']],
    ['an unknown option', ['--fix', 'one']],
  ])('%s is wrong usage', async (_what, args) => {
    const { exitCode, stdout } = await rig.run({ args });

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });
});

/** The stack behind a server whose clock is another one; answers its address. */
async function atAnotherTime(byMs: number, changed = (body: string) => body): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => void forward(Buffer.concat(chunks)));
    async function forward(body: Buffer): Promise<void> {
      const { method = 'GET', url = '/', headers } = request;
      const answer = await fetch(rig.stack.awsUrl + url, {
        method,
        headers: Object.entries(headers)
          .filter(([name]) => !/^(host|connection|content-length|expect)$/.test(name))
          .map(([name, value]): [string, string] => [name, String(value)]),
        ...(body.length > 0 && { body: changed(body.toString()) }),
      });
      const kept = [...answer.headers].filter(([name]) => !/^(date|content-length)$/.test(name));
      response.writeHead(answer.status, {
        ...Object.fromEntries(kept),
        date: new Date(Date.now() + byMs).toUTCString(),
      });
      response.end(Buffer.from(await answer.arrayBuffer()));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}
