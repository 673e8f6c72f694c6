import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSecret } from '../../src/aws/secrets-manager-store.ts';
import { createAwsEndpoint } from '../../src/local/aws-endpoint.ts';
import { DrivenClock } from '../../src/local/driven-clock.ts';
import { createSecretsManager } from '../../src/local/secrets-manager/secrets-manager.ts';
import type { ErrorCode } from '../../src/rotation/errors.ts';
import { SecretDocument } from '../../src/rotation/secret-document.ts';
import { Gate } from '../support/gate.ts';
import { answerOf, expectAws } from './expect-aws.ts';
import { clientConfig, refusingJson, serving } from './answering.ts';

const text = '{ "KEY" : "first" }';
const token = 'b3c1a9de-1111-4222-8333-444455556666';

/** A client, closed when the test ends. */
function clientOf(endpoint: string): SecretsManagerClient {
  const client = new SecretsManagerClient({ ...clientConfig, endpoint });
  onTestFinished(() => client.destroy());
  return client;
}

/** The stand-in, with one secret, and a store on it. */
async function start() {
  const clock = new DrivenClock();
  const manager = createSecretsManager({ clock, functions: new Map() });
  const url = await serving(createAwsEndpoint([manager.service]));
  const { arn, versionId } = manager.createSecret({
    name: 'app/production',
    arnSuffix: 'AbCdEf',
    secretString: text,
  });
  const client = clientOf(url);
  const { signal } = new AbortController();
  const storeOf = (secretId: string) => openSecret({ client, secretId, signal });
  return { clock, manager, client, arn, first: versionId, url, storeOf, store: storeOf(arn) };
}

const document = (value: string) => SecretDocument.parse(JSON.stringify({ KEY: value }));

describe('describing', () => {
  test('tells name, ARN and labels, and no value', async () => {
    const { store, arn, first } = await start();

    const described = await store.describe();

    expect(described).toMatchObject({ arn, name: 'app/production', rotationEnabled: false });
    expect([...described.labelsOf]).toEqual([[first, ['AWSCURRENT']]]);
    expect(JSON.stringify(described)).not.toContain('first');
  });

  test.each([
    { Duration: '3h', windowMs: 10_800_000 },
    { Duration: undefined, windowMs: 86_400_000 },
    { Duration: 'for a while', windowMs: 86_400_000 },
  ])('tells the schedule, with a window of $Duration', async ({ Duration, windowMs }) => {
    const next = 1_767_225_600;
    const store = await describing({
      NextRotationDate: next,
      RotationRules: { AutomaticallyAfterDays: 30, Duration },
    });

    expect((await store.describe()).schedule).toEqual({
      nextAt: new Date(next * 1_000),
      everyDays: 30,
      windowMs,
    });
  });

  test('tells no schedule where there never was one', async () => {
    const { store } = await start();

    expect((await store.describe()).schedule).toBeUndefined();
  });

  test('tells a secret that is not there', async () => {
    const { storeOf } = await start();

    expect(expectAws(await answerOf(storeOf('nothing').describe())).code).toBe('SECRET_NOT_FOUND');
  });
});

describe('reading', () => {
  test('answers the version that id and label agree on, byte for byte', async () => {
    const { store, first } = await start();

    const version = await store.read({ versionId: first, label: 'AWSCURRENT' });

    expect(version).toMatchObject({ versionId: first, createdAt: expect.any(Date) });
    expect(version?.document.text).toBe(text);
    expect((await store.read({ label: 'AWSCURRENT' }))?.versionId).toBe(first);
    expect((await store.read({ versionId: first }))?.versionId).toBe(first);
  });

  test('answers nothing for a version, a label or an agreement that is not there (F-9)', async () => {
    const { store, first } = await start();

    expect(await store.read({ versionId: token })).toBeUndefined();
    expect(await store.read({ label: 'AWSPENDING' })).toBeUndefined();
    expect(await store.read({ versionId: first, label: 'AWSPREVIOUS' })).toBeUndefined();
  });

  test('refuses a secret of binary data, and one that is no JSON object', async () => {
    const { client, storeOf } = await start();
    const SecretBinary = new Uint8Array([1, 2, 3]);
    await client.send(new CreateSecretCommand({ Name: 'binary', SecretBinary }));
    await client.send(new CreateSecretCommand({ Name: 'text', SecretString: 'first' }));

    for (const name of ['binary', 'text']) {
      const error = expectAws(await answerOf(storeOf(name).read({})), 'SECRET_NOT_JSON_OBJECT');

      expect(error.retryable).toBe(false);
      expect(error.message).not.toContain('first');
    }
  });
});

describe('when a version was made', () => {
  test('is told whatever it holds', async () => {
    const { clock, client, storeOf } = await start();
    const { VersionId: versionId = '' } = await client.send(
      new CreateSecretCommand({ Name: 'text', SecretString: 'no object' }),
    );

    expect(await storeOf('text').createdAt({ versionId, label: 'AWSCURRENT' })).toEqual(
      clock.now(),
    );
  });

  test('is not told of a version that is not there, or has another label', async () => {
    const { store, first } = await start();

    expect(await store.createdAt({ versionId: token, label: 'AWSCURRENT' })).toBeUndefined();
    expect(await store.createdAt({ versionId: first, label: 'AWSPENDING' })).toBeUndefined();
  });
});

describe('storing the pending value', () => {
  test('puts it under the token with AWSPENDING, leaving AWSCURRENT alone', async () => {
    const { store, first } = await start();

    expect(await store.putPending(token, document('second'))).toBe('stored');

    const { labelsOf } = await store.describe();
    expect(labelsOf.get(token)).toEqual(['AWSPENDING', 'KEYTURN_MADE']);
    expect(labelsOf.get(first)).toEqual(['AWSCURRENT']);
    const stored = await store.read({ versionId: token, label: 'AWSPENDING' });
    expect(stored?.document.get('KEY')).toBe('second');
  });

  test('may run twice with the same value, and tells of another one', async () => {
    const { store } = await start();
    await store.putPending(token, document('second'));

    expect(await store.putPending(token, document('second'))).toBe('stored');
    expect(await store.putPending(token, document('third'))).toBe('conflict');
    expect((await store.read({ versionId: token }))?.document.get('KEY')).toBe('second');
  });

  test('passes the rotation token on, where there is one', async () => {
    const bodies: unknown[] = [];
    const url = await serving(async (request) => {
      bodies.push(await request.json());
      return Response.json({ ARN: 'arn', Name: 'app', VersionId: token });
    });
    const { signal } = new AbortController();
    const opened = { client: clientOf(url), secretId: 'app', signal };

    await openSecret({ ...opened, rotationToken: 'proof' }).putPending(token, document('2'));
    await openSecret(opened).putPending(token, document('2'));

    expect(bodies).toMatchObject([
      { RotationToken: 'proof' },
      { VersionStages: ['AWSPENDING', 'KEYTURN_MADE'] },
    ]);
    expect(bodies[1]).not.toHaveProperty('RotationToken');
  });
});

describe('moving a label', () => {
  test('moves it, sets it fresh and takes it off', async () => {
    const { store, first } = await start();
    await store.putPending(token, document('second'));

    await store.moveLabel({ label: 'AWSCURRENT', from: first, to: token });
    await store.moveLabel({ label: 'KEYTURN_RETIRED', to: first });
    await store.moveLabel({ label: 'AWSPENDING', from: token });

    const { labelsOf } = await store.describe();
    expect(labelsOf.get(token)).toEqual(['AWSCURRENT', 'KEYTURN_MADE']);
    expect(labelsOf.get(first)?.toSorted()).toEqual(['AWSPREVIOUS', 'KEYTURN_RETIRED']);
  });

  test('fails when the label is somewhere else by now, and moves nothing', async () => {
    const { store, first } = await start();
    await store.putPending(token, document('second'));

    const move = store.moveLabel({ label: 'AWSCURRENT', from: token, to: token });
    const error = expectAws(await answerOf(move), 'CURRENT_CHANGED');

    expect(error.message).toContain('Moving the label AWSCURRENT');
    expect((await store.describe()).labelsOf.get(first)).toEqual(['AWSCURRENT']);
  });
});

const names: readonly (readonly [name: string, status: number, code: ErrorCode])[] = [
  ['AccessDeniedException', 400, 'ACCESS_DENIED'],
  ['AccessDenied', 403, 'ACCESS_DENIED'],
  ['ThrottlingException', 400, 'THROTTLED'],
  ['Throttling', 400, 'THROTTLED'],
  ['TooManyRequestsException', 429, 'THROTTLED'],
  ['RequestLimitExceeded', 503, 'THROTTLED'],
  ['LimitExceededException', 400, 'THROTTLED'],
  ['InternalServiceError', 500, 'UNREACHABLE'],
  ['ServiceUnavailable', 503, 'UNREACHABLE'],
  ['DecryptionFailure', 400, 'KMS_KEY_UNUSABLE'],
  ['EncryptionFailure', 400, 'KMS_KEY_UNUSABLE'],
  ['PreconditionNotMetException', 400, 'UNEXPECTED'],
  ['ExpiredTokenException', 400, 'UNEXPECTED'],
  ['UnrecognizedClientException', 400, 'UNEXPECTED'],
  ['SomethingOfTomorrowException', 400, 'UNEXPECTED'],
];

describe.each(names)('%s (%i)', (name, status, code) => {
  test(`is ${code} in every call, and none of the service's words come through`, async () => {
    const client = clientOf(await serving(refusingJson(name, status)));
    const { signal } = new AbortController();
    const store = openSecret({ client, secretId: 'app', signal });

    const outcomes = await Promise.all([
      answerOf(store.describe()),
      answerOf(store.read({ versionId: token })),
      answerOf(store.createdAt({ versionId: token, label: 'AWSCURRENT' })),
      answerOf(store.putPending(token, document('second'))),
      answerOf(store.moveLabel({ label: 'AWSCURRENT', from: 'a', to: 'b' })),
    ]);

    for (const outcome of outcomes) expect(expectAws(outcome).code).toBe(code);
  });
});

test('names that mean something in one call mean it there alone', async () => {
  const missing = await at('ResourceNotFoundException');
  const invalid = await at('InvalidParameterException');
  const exists = await at('ResourceExistsException');
  const request = await at('InvalidRequestException');
  const move = { label: 'AWSCURRENT', from: 'a', to: 'b' } as const;

  expect(expectAws(await answerOf(missing.describe())).code).toBe('SECRET_NOT_FOUND');
  expect(await missing.read({})).toBeUndefined();
  expect(expectAws(await answerOf(missing.putPending(token, document('2')))).code).toBe(
    'SECRET_NOT_FOUND',
  );
  expect(expectAws(await answerOf(invalid.moveLabel(move))).code).toBe('CURRENT_CHANGED');
  expect(expectAws(await answerOf(invalid.describe())).code).toBe('UNEXPECTED');
  expect(expectAws(await answerOf(request.moveLabel(move))).code).toBe('CURRENT_CHANGED');
  expect(expectAws(await answerOf(request.read({ versionId: token }))).code).toBe('UNEXPECTED');
  expect(await request.read({ versionId: token, label: 'AWSCURRENT' })).toBeUndefined();
  expect(await exists.putPending(token, document('2'))).toBe('conflict');
});

describe('without an answer', () => {
  test.each(['never-sent', 'answer-lost'] as const)('a call is tried again (%s)', async (fault) => {
    const { url, arn } = await start();
    const gate = new Gate({ at: 1, fault });
    onTestFinished(() => gate.close());
    const { host, port } = await gate.to('secrets', {
      host: '127.0.0.1',
      port: Number(new URL(url).port),
    });
    const client = clientOf(`http://${host}:${port}`);
    const store = openSecret({ client, secretId: arn, signal: gate.signal });

    expect(expectAws(await answerOf(store.describe())).code).toBe('UNREACHABLE');
    expect((await store.describe()).arn).toBe(arn);
  });

  test('an answer that is no JSON is none', async () => {
    const client = clientOf(await serving(() => new Response('<html>', { status: 502 })));
    const store = openSecret({
      client,
      secretId: 'app',
      signal: new AbortController().signal,
    });

    expect(expectAws(await answerOf(store.describe())).code).toBe('UNREACHABLE');
  });

  test.each(['before', 'during'])('time that is up %s the call ends it', async (when) => {
    const { url, arn } = await start();
    const gate = new Gate({ at: 1, fault: 'held' });
    onTestFinished(() => gate.close());
    const { host, port } = await gate.to('secrets', {
      host: '127.0.0.1',
      port: Number(new URL(url).port),
    });
    if (when === 'before') gate.abort();
    const client = clientOf(`http://${host}:${port}`);
    const described = openSecret({
      client,
      secretId: arn,
      signal: gate.signal,
    }).describe();
    if (when === 'during') void gate.reached.then(() => gate.abort());

    expect(expectAws(await answerOf(described)).code).toBe('NOT_ENOUGH_TIME');
    expect(gate.calls).toHaveLength(when === 'before' ? 0 : 1);
  });
});

/** A store on a service that refuses everything under one name. */
async function at(name: string) {
  const client = clientOf(await serving(refusingJson(name, 400)));
  return openSecret({ client, secretId: 'app', signal: new AbortController().signal });
}

/** A store on a service that describes its secret so. */
async function describing(description: object) {
  const url = await serving(() => Response.json({ ARN: 'arn', Name: 'app', ...description }));
  const { signal } = new AbortController();
  return openSecret({ client: clientOf(url), secretId: 'app', signal });
}
