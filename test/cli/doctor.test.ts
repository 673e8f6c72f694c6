import {
  AddPermissionCommand,
  GetPolicyCommand,
  RemovePermissionCommand,
} from '@aws-sdk/client-lambda';
import {
  CancelRotateSecretCommand,
  CreateSecretCommand,
  DeleteResourcePolicyCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  PutResourcePolicyCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { createServer } from 'node:net';
import { once } from 'node:events';
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

const { secretName, secretArn, rotateArn, stackName } = production;
const allow = (...Action: string[]) => ({ Effect: 'Allow', Action, Resource: '*' });
const look = allow(
  'secretsmanager:Describe*',
  'secretsmanager:List*',
  'lambda:*',
  'scheduler:Get*',
);
const noKeys = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };

/** Puts back, after the test, what the secret held before. */
function putBack(): void {
  onTestFinished(async () => void (await rig.put(JSON.stringify(good))));
}

test('finds nothing wrong with the stack as it was deployed', async () => {
  const { fails, findings, warnings } = await rig.doctor();

  expect({ fails, warnings }).toEqual({ fails: [], warnings: ['ALARM_WITHOUT_SUBSCRIBER'] });
  expect(findings.filter(({ status }) => status === 'skipped')).toEqual([]);
  expect(findings.find(({ check }) => check === 'endpoint')?.message).toContain('not AWS itself');
});

describe('names', () => {
  test('an identity policy that does not allow reading, and the smallest that does', async () => {
    const { fails, of } = await rig.doctor({ env: rig.user('looker', look) });

    expect(fails).toEqual(['DENIED_BY_IDENTITY_POLICY']);
    expect(of('DENIED_BY_IDENTITY_POLICY')?.fix).toContain(`"Resource": "${secretArn}"`);
    expect(of('DENIED_BY_IDENTITY_POLICY')?.fix).toContain('kms:EncryptionContext:SecretARN');
  });

  test('an identity policy that forbids reading', async () => {
    const forbidden = { ...allow('secretsmanager:GetSecretValue'), Effect: 'Deny' };
    const env = rig.user('forbidden', look, allow('secretsmanager:*', 'kms:*'), forbidden);

    const { fails, of } = await rig.doctor({ env });

    expect(fails).toEqual(['DENIED_BY_IDENTITY_POLICY']);
    expect(of('DENIED_BY_IDENTITY_POLICY')?.fix).toContain('"Effect": "Deny"');
  });

  test("the secret's own policy", async () => {
    const env = rig.user('reader', look, allow('secretsmanager:*', 'kms:*'));
    const ResourcePolicy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: { AWS: 'arn:aws:iam::000000000000:user/reader' },
          Action: 'secretsmanager:GetSecretValue',
          Resource: '*',
        },
      ],
    });
    await rig.client.send(new PutResourcePolicyCommand({ SecretId: secretName, ResourcePolicy }));
    onTestFinished(async () => {
      await rig.client.send(new DeleteResourcePolicyCommand({ SecretId: secretName }));
    });

    expect((await rig.doctor({ env })).fails).toEqual(['DENIED_BY_RESOURCE_POLICY']);
  });

  test('a key that the caller may not decrypt with, and the policy for that', async () => {
    const env = rig.user('keyless', look, allow('secretsmanager:*'));

    const { fails, of } = await rig.doctor({ env });

    expect(fails).toEqual(['DENIED_BY_KMS']);
    expect(of('DENIED_BY_KMS')?.fix).toContain(keyArn);
    expect(of('DENIED_BY_KMS')?.fix).toContain('"kms:EncryptionContext:SecretARN"');
  });

  test.each([
    ['its name', secretName],
    ['its ARN', secretArn],
  ])('a wrong region, of a secret that is given by %s', async (_by, secret) => {
    const { fails, of } = await rig.doctor({ args: [secret], env: { AWS_REGION: 'eu-west-1' } });

    expect(fails).toEqual(['WRONG_REGION']);
    expect(of('WRONG_REGION')?.fix).toContain('AWS_REGION=us-east-1');
  });

  test('a wrong account', async () => {
    const elsewhere = secretArn.replace('000000000000', '111122223333');

    const { fails, of } = await rig.doctor({ args: [elsewhere] });

    expect(fails).toEqual(['WRONG_ACCOUNT']);
    expect(of('WRONG_ACCOUNT')?.message).toContain('111122223333');
    expect(of('WRONG_ACCOUNT')?.message).toContain('000000000000');
  });

  test('a profile that is not there', async () => {
    const config = '[profile work]\nregion = us-east-1\n';

    const { fails, of } = await rig.doctor({
      env: { ...noKeys, AWS_PROFILE: 'wrok' },
      aws: { config },
    });

    expect(fails).toEqual(['PROFILE_NOT_FOUND']);
    expect(of('PROFILE_NOT_FOUND')?.message).toContain('There are: work.');
  });

  test('that there are no credentials, and checks what needs none', async () => {
    const config = '[default]\nregion = us-east-1\n';

    const { fails, findings } = await rig.doctor({ env: noKeys, aws: { config } });

    expect(fails).toEqual(['NO_CREDENTIALS']);
    const status = (check: string) => findings.find((each) => each.check === check)?.status;
    expect({ endpoint: status('endpoint'), secret: status('secret') }).toEqual({
      endpoint: 'ok',
      secret: 'skipped',
    });
  });

  test('credentials whose session is over', async () => {
    const env = { AWS_ACCESS_KEY_ID: 'EXPIREDKEY', AWS_SESSION_TOKEN: 'held-back-token' };

    expect((await rig.doctor({ env })).fails).toEqual(['CREDENTIALS_EXPIRED']);
  });

  test('credentials that AWS does not know', async () => {
    const env = { AWS_ACCESS_KEY_ID: 'INVALIDKEY' };

    expect((await rig.doctor({ env })).fails).toEqual(['CREDENTIALS_REFUSED']);
  });

  test('a secret that is not there, and where it looked', async () => {
    const { fails, of } = await rig.doctor({ args: ['reminder-app/prodution'] });

    expect(fails).toEqual(['SECRET_NOT_FOUND']);
    expect(of('SECRET_NOT_FOUND')?.message).toContain('account 000000000000, region us-east-1');
  });

  test('a secret that is about to be deleted', async () => {
    const Name = 'shop/leaving';
    await rig.client.send(new CreateSecretCommand({ Name, SecretString: '{"A":"b"}' }));
    await rig.client.send(new DeleteSecretCommand({ SecretId: Name, RecoveryWindowInDays: 7 }));

    expect((await rig.doctor({ args: [Name] })).fails).toEqual(['SECRET_BEING_DELETED']);
  });

  test('a rotation that stopped half-way', async () => {
    const { VersionId = '' } = await rig.put(JSON.stringify(good), ['AWSPENDING']);
    onTestFinished(async () => {
      await rig.client.send(
        new UpdateSecretVersionStageCommand({
          SecretId: secretName,
          VersionStage: 'AWSPENDING',
          RemoveFromVersionId: VersionId,
        }),
      );
    });

    const { fails, of } = await rig.doctor();

    expect(fails).toEqual(['PENDING_STUCK']);
    expect(of('PENDING_STUCK')?.fix).toContain('keyturn repair');
  });

  test('a secret that is no JSON', async () => {
    putBack();
    await rig.put(`{"DB_PASSWORD": "${String(good['DB_PASSWORD'])}",}`);

    expect((await rig.doctor()).fails).toEqual(['SECRET_NOT_JSON_OBJECT']);
  });

  test('a key that is missing', async () => {
    putBack();
    const { DB_PASSWORD: _gone, ...rest } = good;
    await rig.put(JSON.stringify(rest));

    const { fails, findings } = await rig.doctor();

    expect(fails).toEqual(['KEY_MISSING']);
    expect(findings.filter(({ status }) => status === 'fail')).toMatchObject([
      { key: 'DB_PASSWORD' },
    ]);
  });

  test('a password that the database no longer takes', async () => {
    const { postgres } = rig.stack;
    onTestFinished(() => postgres.setPassword(production.dbUser, String(good['DB_PASSWORD'])));
    await postgres.setPassword(production.dbUser, 'changed-by-hand');

    const { fails, of } = await rig.doctor();

    expect(fails).toEqual(['DATABASE_PASSWORD_REJECTED']);
    expect(of('DATABASE_PASSWORD_REJECTED')?.key).toBe('DB_PASSWORD');
  });

  test('a database that cannot be reached', async () => {
    const { rds, postgres } = rig.stack;
    const at = (port: number) =>
      rds.addInstance({
        identifier: production.dbInstance,
        engine: 'postgres',
        engineVersion: '18.4',
        masterUsername: production.dbUser,
        endpoint: { address: '127.0.0.1', port },
        applyMasterPassword: (password) => postgres.setPassword(production.dbUser, password),
      });
    onTestFinished(() => void at(postgres.port));
    at(await closedPort());

    const { fails, of } = await rig.doctor();

    expect(fails).toEqual(['DATABASE_UNREACHABLE']);
    expect(of('DATABASE_UNREACHABLE')?.message).toContain('127.0.0.1');
  });

  test('a Twilio token that is dead', async () => {
    const [sid, authToken] = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'].map((key) =>
      String(good[key]),
    );
    const console = async (path: string) => {
      const authorization = `Basic ${Buffer.from(`${sid}:${authToken}`).toString('base64')}`;
      const url = `${rig.stack.twilioUrl}/v1/AuthTokens/${path}`;
      expect((await fetch(url, { method: 'POST', headers: { authorization } })).ok).toBe(true);
    };
    await console('Secondary');
    await console('Promote');
    good = { ...good, TWILIO_AUTH_TOKEN: rig.stack.twilio.primaryOf(sid ?? '') };
    putBack();

    const { fails, of } = await rig.doctor();

    expect(fails).toEqual(['TWILIO_CREDENTIAL_REJECTED']);
    expect(of('TWILIO_CREDENTIAL_REJECTED')?.key).toBe('TWILIO_AUTH_TOKEN');
  });

  test("that the secret's schedule is gone", async () => {
    onTestFinished(() => rig.rotate({ RotateImmediately: false }));
    await rig.client.send(new CancelRotateSecretCommand({ SecretId: secretName }));

    expect((await rig.doctor()).fails).toEqual(['ROTATION_OFF']);
  });

  test('that the schedule of the daily run is gone', async () => {
    const names = { GroupName: stackName, Name: 'daily-reconcile' };
    const { Target, ScheduleExpression, FlexibleTimeWindow } = await rig.scheduler.send(
      new GetScheduleCommand(names),
    );
    onTestFinished(async () => {
      await rig.scheduler.send(
        new CreateScheduleCommand({ ...names, Target, ScheduleExpression, FlexibleTimeWindow }),
      );
    });
    await rig.scheduler.send(new DeleteScheduleCommand(names));

    expect((await rig.doctor()).fails).toEqual(['DAILY_RUN_GONE']);
  });

  test('that Secrets Manager may no longer invoke the function', async () => {
    await withoutPermission();

    const { fails, of } = await rig.doctor();

    expect(fails).toEqual(['INVOKE_PERMISSION_GONE']);
    expect(of('INVOKE_PERMISSION_GONE')?.fix).toContain('aws lambda add-permission');
  });

  test('that Secrets Manager may invoke the function for another secret', async () => {
    await withoutPermission();
    await permit('other', { SourceArn: `${secretArn.slice(0, -6)}staging-AbCdEf` });
    onTestFinished(() => forbid('other'));

    expect((await rig.doctor()).fails).toEqual(['INVOKE_PERMISSION_MISFIT']);
  });

  test.each([
    ['ENDPOINT_REFUSED', async () => `http://127.0.0.1:${await closedPort()}`],
    ['ENDPOINT_NOT_RESOLVED', async () => 'http://secretsmanager.nowhere.invalid'],
    ['ENDPOINT_TLS_FAILED', async () => rig.stack.awsUrl.replace('http:', 'https:')],
    ['ENDPOINT_INVALID', async () => 'nowhere'],
  ])('an endpoint that cannot be reached: %s', async (code, url) => {
    const env = { AWS_ENDPOINT_URL: await url() };

    expect((await rig.doctor({ env })).fails).toEqual([code]);
  });

  test('an endpoint that takes connections, and answers nothing', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 1;

    const { fails } = await rig.doctor({ env: { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` } });

    expect(fails).toEqual(['ENDPOINT_TIMEOUT']);
  });

  test('a label that somebody moved back by hand', async () => {
    await rig.rotate();
    const { VersionIdsToStages = {} } = await rig.client.send(
      new DescribeSecretCommand({ SecretId: secretName }),
    );
    const at = (label: string) =>
      Object.keys(VersionIdsToStages).find((id) => VersionIdsToStages[id]?.includes(label)) ?? '';
    const [current, previous] = [at('AWSCURRENT'), at('AWSPREVIOUS')];
    const move = (MoveToVersionId: string, RemoveFromVersionId: string) =>
      rig.client.send(
        new UpdateSecretVersionStageCommand({
          SecretId: secretName,
          VersionStage: 'AWSCURRENT',
          MoveToVersionId,
          RemoveFromVersionId,
        }),
      );
    good = await rig.read();
    await move(previous, current);
    onTestFinished(async () => void (await move(current, previous)));

    const { fails, of } = await rig.doctor();

    // A database that holds one password takes that of the newer version alone.
    expect(fails).toEqual(['LABEL_ON_WRONG_VERSION', 'DATABASE_PASSWORD_REJECTED']);
    expect(of('LABEL_ON_WRONG_VERSION')?.fix).toContain('keyturn repair');
  });
});

async function withoutPermission(): Promise<void> {
  const { Policy = '' } = await rig.lambda.send(new GetPolicyCommand({ FunctionName: rotateArn }));
  const { Statement }: { Statement: { Sid: string }[] } = JSON.parse(Policy);
  for (const { Sid } of Statement) await forbid(Sid);
  onTestFinished(async () => permit('RotationPermission', { SourceArn: secretArn }));
}

const permit = async (StatementId: string, { SourceArn }: { readonly SourceArn: string }) => {
  await rig.lambda.send(
    new AddPermissionCommand({
      FunctionName: rotateArn,
      StatementId,
      Action: 'lambda:InvokeFunction',
      Principal: 'secretsmanager.amazonaws.com',
      SourceAccount: '000000000000',
      SourceArn,
    }),
  );
};

const forbid = async (StatementId: string) => {
  await rig.lambda.send(new RemovePermissionCommand({ FunctionName: rotateArn, StatementId }));
};

/** A port at which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 1;
}
