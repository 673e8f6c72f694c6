import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { expectSilent } from '../support/expect-told.ts';
import { Gate } from '../support/gate.ts';
import { localSecrets, refusing, sample, samples, type LocalSecrets } from './local-secrets.ts';
import { runKeyturn, type Endpoint } from './run-keyturn.ts';

let secrets: LocalSecrets;

beforeAll(async () => {
  secrets = await localSecrets();
});
beforeEach(() => secrets.calm());
afterAll(() => secrets.close());

interface Run extends Partial<Endpoint> {
  readonly args?: readonly string[];
}

const init = async (name: string, { args = [], ...endpoint }: Run = {}) => {
  const stack = { clientConfig: secrets.clientConfig, input: JSON.stringify(sample), ...endpoint };
  const fixed = ['init', name, '--from-file', '-', '--yes', '--json', '--no-files'];
  const { stdout, stderr, exitCode } = await runKeyturn(stack, ...fixed, ...args);
  expectSilent(stdout + stderr, [...samples, ...secrets.sent]);
  const answer: unknown = JSON.parse(stdout);
  return { exitCode, answer, stderr };
};

const failed = (code: string, message: string) => ({
  outcome: 'failed',
  code,
  message: expect.stringContaining(message),
});

const create = (Name: string, SecretString?: string) =>
  secrets.client.send(new CreateSecretCommand({ Name, SecretString }));

describe('a secret that exists is left as it is, and the refusal says', () => {
  test.each([
    ['which keys it lacks', '{"SECRET_KEY": "s", "OTHER": "o"}', 'It lacks DB_PASSWORD, TWILIO_'],
    ['that nothing is missing', JSON.stringify({ ...sample, SECRET_KEY: 's' }), 'It has every key'],
    ['that it is no object', '["a-value-in-a-list"]', 'SECRET_NOT_JSON_OBJECT'],
    ['that it has no value', undefined, 'It has no value yet'],
  ])('%s', async (what, text, message) => {
    const name = `there/${what.replaceAll(' ', '-')}`;
    await create(name, text);

    const { exitCode, answer, stderr } = await init(name);

    expect(exitCode).toBe(1);
    expect(answer).toEqual(failed('SECRET_EXISTS', message));
    expect(stderr).toContain('[SECRET_EXISTS]');
    expect(secrets.valueOf(name)).toBe(text);
    expect(secrets.calls.map(({ operation }) => operation)).not.toContain('PutSecretValue');
  });

  test('that its keys could not be read, where the access does not suffice', async () => {
    await create('there/closed', '{}');
    secrets.interference.before = (operation) =>
      operation === 'GetSecretValue' ? refusing('AccessDeniedException') : undefined;

    const { answer } = await init('there/closed');

    expect(answer).toEqual(failed('SECRET_EXISTS', 'could not be read (AccessDeniedException)'));
  });

  test('how to restore it, where it is being deleted', async () => {
    await create('there/gone', '{}');
    await secrets.client.send(new DeleteSecretCommand({ SecretId: 'there/gone' }));

    const { exitCode, answer } = await init('there/gone');

    expect(exitCode).toBe(1);
    const command = 'aws secretsmanager restore-secret --secret-id there/gone';
    expect(answer).toEqual(failed('SECRET_BEING_DELETED', command));
  });

  test('before anybody could have been asked', async () => {
    await create('there/early', '{}');

    await init('there/early', { args: ['--dry-run'] });

    expect(secrets.made()).toHaveLength(1);
  });
});

test('a second run changes nothing', async () => {
  await init('twice');
  const first = secrets.valueOf('twice');

  const { exitCode, answer } = await init('twice');

  expect(exitCode).toBe(1);
  expect(answer).toEqual(failed('SECRET_EXISTS', 'It has every key'));
  expect(secrets.valueOf('twice')).toBe(first);
});

test('a secret that somebody makes between the look and the creation stays theirs', async () => {
  secrets.interference.before = (operation) => {
    if (operation !== 'CreateSecret') return undefined;
    delete secrets.interference.before;
    secrets.manager.createSecret({ name: 'race', secretString: '{"THEIRS": "t"}' });
    return undefined;
  };

  const { exitCode, answer } = await init('race');

  expect(exitCode).toBe(1);
  expect(answer).toEqual(failed('SECRET_EXISTS', 'It lacks DB_PASSWORD'));
  expect(secrets.valueOf('race')).toBe('{"THEIRS": "t"}');
});

describe('an answer that gets lost', () => {
  test('is asked for again with the same token, over a connection that broke', async () => {
    const gate = new Gate({ at: 2, fault: 'answer-lost' });
    onTestFinished(() => gate.close());
    const { port } = await gate.to('secretsmanager', secrets.place);
    const clientConfig = { ...secrets.clientConfig, endpoint: `http://127.0.0.1:${port}` };

    const { exitCode, answer } = await init('lost/once', { clientConfig });

    expect(gate.wasReached).toBe(true);
    expect(exitCode).toBe(0);
    expect(answer).toMatchObject({ versionId: secrets.manager.inspect('lost/once')?.versionId });
  });

  test('is looked up by its token, where none of the answers comes', async () => {
    loseAnswersOf('CreateSecret');

    const { exitCode, answer } = await init('lost/always');

    expect(exitCode).toBe(0);
    expect(answer).toMatchObject({ versionId: secrets.manager.inspect('lost/always')?.versionId });
  });

  test('is admitted, where the service is gone, and the next run says what came of it', async () => {
    let isGone = false;
    secrets.interference.after = (operation) => {
      isGone ||= operation === 'CreateSecret';
      return isGone ? new Response(null, { status: 503 }) : undefined;
    };
    const { exitCode, answer } = await init('lost/unknown');
    secrets.calm();
    const second = await init('lost/unknown');

    expect(exitCode).toBe(1);
    expect(answer).toEqual(failed('UNREACHABLE', 'Whether it was made is not known'));
    expect(second.answer).toEqual(failed('SECRET_EXISTS', 'It has every key'));
  });
});

describe('what AWS refuses', () => {
  const echoing = 'The service quotes';

  test.each([
    ['AccessDeniedException', 'ACCESS_DENIED', 'secretsmanager:CreateSecret'],
    ['EncryptionFailure', 'KMS_KEY_UNUSABLE', 'kms:GenerateDataKey'],
    ['ResourceNotFoundException', 'KMS_KEY_UNUSABLE', 'its region'],
    ['InvalidRequestException', 'SECRET_BEING_DELETED', 'probably just being deleted'],
    ['LimitExceededException', 'LimitExceededException', 'quota'],
    ['ResourceExistsException', 'SECRET_EXISTS', 'just now'],
    ['ThrottlingException', 'THROTTLED', 'in a while'],
    ['ValidationException', 'ValidationException', 'Look that name up'],
    ['ExpiredTokenException', 'CREDENTIALS_REFUSED', 'Sign in again'],
  ])('at the creation, %s, is told without what it quotes', async (name, code, message) => {
    secrets.interference.before = (operation, body) =>
      operation === 'CreateSecret' ? refusing(name, `${echoing} ${body}`) : undefined;

    const { exitCode, answer, stderr } = await init(`refused/${name}`);

    expect(exitCode).toBe(1);
    expect(answer).toEqual(failed(code, message));
    expect(JSON.stringify(answer) + stderr).not.toContain(echoing);
    expect(secrets.isThere(`refused/${name}`)).toBe(false);
  });

  test('at the look before it, is told with what it says', async () => {
    const said = 'User: arn:aws:iam::1:user/me is not authorized to perform: DescribeSecret';
    secrets.interference.before = () => refusing('AccessDeniedException', said);

    const { answer } = await init('refused/look');

    expect(answer).toEqual(failed('ACCESS_DENIED', said));
  });
});

test('what AWS says of a signature is not told: it quotes the headers that were signed', async () => {
  secrets.interference.before = () =>
    refusing('InvalidSignatureException', 'x-amz-security-token:the-token-of-a-session');

  const { answer, stderr } = await init('refused/signature');

  expect(answer).toEqual(failed('CREDENTIALS_REFUSED', 'Sign in again'));
  expect(stderr).not.toContain('token-of-a-session');
});

test('what answers in place of AWS is not taken for it, nor quoted', async () => {
  secrets.interference.before = (operation, body) =>
    operation === 'CreateSecret' ? new Response(`<html>${body}</html>`) : undefined;

  const { exitCode, answer } = await init('refused/gateway');

  expect(exitCode).toBe(1);
  expect(answer).toEqual(failed('UNREACHABLE', 'No answer of AWS came'));
});

describe('without what every client needs', () => {
  const nowhere = { HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true', AWS_PROFILE: '' };

  test.each([
    ['a region', { AWS_REGION: undefined }, 'NO_REGION', 'AWS_REGION'],
    ['the name of a region', { AWS_REGION: 'eu west' }, 'NO_REGION', 'AWS_REGION'],
    [
      'credentials',
      { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
      'NO_CREDENTIALS',
      'aws sso login',
    ],
    ['a service', { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, 'UNREACHABLE', 'AWS_ENDPOINT_URL'],
    ['an address', { AWS_ENDPOINT_URL: 'no-url' }, 'UNREACHABLE', 'AWS_ENDPOINT_URL'],
  ])('%s, says so', async (_what, env, code, message) => {
    const { exitCode, answer } = await init('nowhere', { env: { ...nowhere, ...env } });

    expect(exitCode).toBe(1);
    expect(answer).toEqual(failed(code, message));
  });
});

test('later changes of the secret are no business of init', async () => {
  await init('later');
  await secrets.client.send(
    new PutSecretValueCommand({ SecretId: 'later', SecretString: '{"DB_PASSWORD": "changed"}' }),
  );

  const { answer } = await init('later');

  expect(answer).toEqual(failed('SECRET_EXISTS', 'It lacks TWILIO_ACCOUNT_SID'));
});

function loseAnswersOf(lost: string): void {
  secrets.interference.after = (operation) =>
    operation === lost ? new Response(null, { status: 500 }) : undefined;
}
