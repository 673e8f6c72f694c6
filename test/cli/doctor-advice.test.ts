import { CloudWatchClient, DeleteAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DeleteScheduleCommand,
  GetScheduleCommand,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import {
  CancelRotateSecretCommand,
  PutSecretValueCommand,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { production } from '../../src/local/stack/environments.ts';
import { type DoctorRig, keyArn, startDoctorRig } from './doctor-rig.ts';

let rig: DoctorRig;
let good: Record<string, unknown>;

beforeAll(async () => {
  rig = await startDoctorRig();
  good = await rig.read();
});
afterAll(() => rig.stop());

const { secretName, secretArn, stackName } = production;
const may = (...Action: string[]) => ({ Effect: 'Allow', Action, Resource: '*' });
const look = may('secretsmanager:Describe*', 'secretsmanager:List*', 'lambda:*', 'scheduler:*');

/** Puts back, after the test, what the secret held before. */
function putBack(): void {
  onTestFinished(async () => void (await rig.put(JSON.stringify(good))));
}

describe('what answers at the address of Secrets Manager', () => {
  test.each<[string, RequestListener]>([
    [
      'a page that is not found',
      (_request, response) =>
        void response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not found</h1>'),
    ],
    [
      'the page of a network that wants a login',
      (_request, response) =>
        void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>'),
    ],
    [
      'a page that leads elsewhere',
      (_request, response) =>
        void response.writeHead(302, { location: 'http://portal.invalid/' }).end(),
    ],
  ])('%s is not AWS, and nothing else is said of permissions', async (_what, answer) => {
    const { fails, findings } = await rig.doctor({
      env: { AWS_ENDPOINT_URL: await serving(answer) },
    });

    expect(fails).toEqual(['ENDPOINT_NOT_AWS']);
    const later = ['account', 'secret', 'rotation', 'function'];
    expect(findings.filter(({ check }) => later.includes(check))).toMatchObject(
      later.map(() => ({ status: 'skipped' })),
    );
  });

  test.each<[string, RequestListener]>([
    [
      'without the headers, by the shape of its errors',
      (_request, response) =>
        void response.writeHead(400).end('{"__type":"MissingAuthenticationTokenException"}'),
    ],
    [
      'without a body, by its headers',
      (_request, response) => void response.writeHead(403, { 'x-amzn-RequestId': '1' }).end(),
    ],
  ])('is AWS %s', async (_what, answer) => {
    const { findings } = await rig.doctor({ env: { AWS_ENDPOINT_URL: await serving(answer) } });

    expect(findings.find(({ check }) => check === 'endpoint')?.status).toBe('ok');
  });
});

test('a part of AWS that breaks is no matter of permissions', async () => {
  const url = await serving((request, response) => {
    const isOfAlarms = request.headers.authorization?.includes('/monitoring/') === true;
    if (!isOfAlarms) forward(request, response);
    else response.writeHead(500, { 'x-amzn-requestid': '1' }).end('{"__type":"InternalFailure"}');
  });

  const { findings } = await rig.doctor({ env: { AWS_ENDPOINT_URL: url } });

  const alarms = findings.find(({ check }) => check === 'alarms');
  expect(alarms).toMatchObject({ status: 'warn', code: 'NOT_VISIBLE' });
  expect(alarms?.fix).not.toContain('somebody who may');
});

test('an ARN with another region than the secret is in', async () => {
  const wrong = secretArn.replace('us-east-1', 'eu-central-1');

  const { fails, of } = await rig.doctor({ args: [wrong] });

  expect(fails).toEqual(['ARN_WRONG_REGION']);
  expect(of('ARN_WRONG_REGION')?.message).toContain('eu-central-1');
  expect(of('ARN_WRONG_REGION')?.fix).toContain(secretArn);
});

test('an ARN of nothing is looked for where it says, and in the region of the clients', async () => {
  const wrong = secretArn.replace('us-east-1', 'eu-central-1').replace('reminder', 'remainder');

  expect((await rig.doctor({ args: [wrong] })).fails).toEqual(['WRONG_REGION', 'SECRET_NOT_FOUND']);
});

test.each([
  ['an empty name', '', 'neither the name nor the ARN'],
  ['the ARN of a bucket', 'arn:aws:s3:::bucket', 'of no secret'],
  ['an ARN that was cut off', secretArn.slice(0, secretArn.indexOf(':secret:')), 'of no secret'],
])('%s is wrong usage, whatever the variable says', async (_what, given, said) => {
  const { exitCode, stdout, stderr } = await rig.run({
    args: [given],
    env: { KEYTURN_SECRET_ID: secretName },
  });

  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(said);
});

test('a profile that takes its role with another, which is not there', async () => {
  const config = [
    '[profile work]',
    'role_arn = arn:aws:iam::000000000000:role/Reader',
    'source_profile = bsae',
    '[profile base]',
    'region = us-east-1',
  ].join('\n');

  const { fails, of } = await rig.doctor({
    env: { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_PROFILE: 'work' },
    aws: { config },
  });

  expect(fails).toEqual(['PROFILE_NOT_FOUND']);
  expect(of('PROFILE_NOT_FOUND')?.message).toMatch(/source_profile .*bsae/);
});

describe('a value is told of once', () => {
  test('that has a key twice', async () => {
    putBack();
    await rig.put(JSON.stringify(good).replace('{', '{"SECRET_KEY":"another-one-8h",'));

    expect(await failing()).toEqual(['SECRET_DUPLICATE_KEY SECRET_KEY']);
  });

  test('that is binary', async () => {
    putBack();
    const SecretBinary = Buffer.from(JSON.stringify(good));
    await rig.client.send(new PutSecretValueCommand({ SecretId: secretName, SecretBinary }));

    expect(await failing()).toEqual(['SECRET_BINARY']);
  });

  test('whose key is switched off', async () => {
    const key = await ownKey(roleArn());
    await key.encrypts();
    await key.is('DisableKey');

    expect(await failing()).toEqual(['KMS_KEY_UNUSABLE']);
  });
});

describe('the function may not', () => {
  test('use the key, which is what it says to allow', async () => {
    const key = await ownKey();
    await key.encrypts();

    const { fails, of } = await rig.doctor();

    expect(fails).toEqual(['ACCESS_DENIED']);
    expect(of('ACCESS_DENIED')?.message).toContain('kms:Decrypt');
    expect(of('ACCESS_DENIED')?.message).not.toContain("Grant the function's role that action");
  });
});

test("a caller's denial by KMS comes with a statement for the key's own policy", async () => {
  const { of } = await rig.doctor({ env: rig.user('unkeyed', look, may('secretsmanager:*')) });
  const { fix = '' } = of('DENIED_BY_KMS') ?? {};

  expect(fix).toContain(keyArn);
  expect(fix).toContain('"AWS": "arn:aws:iam::000000000000:user/unkeyed"');
});

describe('what was taken away by hand is put back by what can do that', () => {
  const section = 'docs/troubleshooting.md#what-was-taken-away-by-hand';

  test('a daily run that is disabled, by one command that repeats all that it has', async () => {
    const names = { GroupName: stackName, Name: 'daily-reconcile' };
    const found = await rig.scheduler.send(new GetScheduleCommand(names));
    const { Target, ScheduleExpression, FlexibleTimeWindow } = found;
    const whole = { ...names, Target, ScheduleExpression, FlexibleTimeWindow };
    onTestFinished(async () => void (await rig.scheduler.send(new UpdateScheduleCommand(whole))));
    await rig.scheduler.send(new UpdateScheduleCommand({ ...whole, State: 'DISABLED' }));

    const { of } = await rig.doctor();

    expect(of('DAILY_RUN_OFF')?.fix).toMatch(/^aws scheduler update-schedule --state ENABLED /);
    expect(of('DAILY_RUN_OFF')?.fix).toContain('Target: Target');
  });

  test('a daily run', async () => {
    const names = { GroupName: stackName, Name: 'daily-reconcile' };
    await rig.scheduler.send(new DeleteScheduleCommand(names));

    const { of } = await rig.doctor();

    expect(of('DAILY_RUN_GONE')?.fix).toContain(section);
    expect(of('DAILY_RUN_GONE')?.fix).not.toContain('Deploy the stack again');
  });

  test('an alarm', async () => {
    const cloudWatch = new CloudWatchClient(rig.stack.clientConfig);
    onTestFinished(() => cloudWatch.destroy());
    const AlarmNames = [`${stackName}-rotation-failed`];
    await cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames }));

    const { of } = await rig.doctor();

    expect(of('ALARMS_MISSING')?.fix).toContain(section);
    expect(of('ALARMS_MISSING')?.fix).toContain('Alarms=false');
  });

  test('rotation, by one command with the schedule that it had', async () => {
    await rig.client.send(new CancelRotateSecretCommand({ SecretId: secretName }));

    const { of } = await rig.doctor();

    expect(of('ROTATION_OFF')?.fix).toMatch(/^aws secretsmanager rotate-secret .*--rotation-rules/);
    expect(of('ROTATION_OFF')?.fix).toContain(section);
  });
});

/** The codes that stop something, with their keys. */
async function failing(): Promise<readonly string[]> {
  const { findings } = await rig.doctor();
  return findings
    .filter(({ status }) => status === 'fail')
    .map(({ code, key }) => [code, key].filter(Boolean).join(' '));
}

function roleArn(): string {
  const role = rig.stack.iam?.function(production.rotateArn)?.role;
  if (!role) throw new Error('The rotation function runs as no role.');
  return role.arn;
}

/** A key of KMS that the account's policies have the say over, and those who are named. */
async function ownKey(...principals: string[]) {
  const AWS = ['arn:aws:iam::000000000000:root', ...principals];
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: 'kms:*', Resource: '*' }],
  });
  const { KeyMetadata } = await kms('CreateKey', { Policy });
  const { KeyId } = KeyMetadata;
  return {
    is: (operation: string) => kms(operation, { KeyId }),
    async encrypts(): Promise<void> {
      onTestFinished(async () => {
        await kms('EnableKey', { KeyId });
        await encryptWith(keyArn);
      });
      await encryptWith(KeyId);
    },
  };
}

async function encryptWith(KmsKeyId: string): Promise<void> {
  await rig.client.send(new UpdateSecretCommand({ SecretId: secretName, KmsKeyId }));
}

async function kms(operation: string, body: object): Promise<{ KeyMetadata: { KeyId: string } }> {
  const response = await fetch(rig.stack.awsUrl, {
    method: 'POST',
    headers: {
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/kms/aws4_request, SignedHeaders=host, Signature=0',
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `TrentService.${operation}`,
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  expect({ status: response.status, text }).toMatchObject({ status: 200 });
  return JSON.parse(text || '{}');
}

async function serving(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

/** Has the local stack answer. */
const forward: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => void pass(Buffer.concat(chunks)));
  async function pass(body: Buffer): Promise<void> {
    const answer = await fetch(rig.stack.awsUrl + (request.url ?? '/'), {
      method: request.method ?? 'GET',
      headers: Object.entries(request.headers)
        .filter(([name]) => !/^(host|connection|content-length|expect)$/.test(name))
        .map(([name, value]): [string, string] => [name, String(value)]),
      ...(body.length > 0 && { body: new Uint8Array(body) }),
    });
    const kept = [...answer.headers].filter(([name]) => name !== 'content-length');
    response.writeHead(answer.status, Object.fromEntries(kept));
    response.end(Buffer.from(await answer.arrayBuffer()));
  }
};
