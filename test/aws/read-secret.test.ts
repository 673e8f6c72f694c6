import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expect, onTestFinished, test } from 'vitest';
import { readSecretBy } from '../../src/aws/read-secret.ts';
import { createAwsEndpoint } from '../../src/local/aws-endpoint.ts';
import { DrivenClock } from '../../src/local/driven-clock.ts';
import { createSecretsManager } from '../../src/local/secrets-manager/secrets-manager.ts';
import type { ErrorCode } from '../../src/rotation/errors.ts';
import { clientConfig, refusingJson, serving } from './answering.ts';
import { answerOf, expectAws } from './expect-aws.ts';

const { signal } = new AbortController();

function readerAt(endpoint: string) {
  const client = new SecretsManagerClient({ ...clientConfig, endpoint });
  onTestFinished(() => client.destroy());
  return readSecretBy(client);
}

/** The stand-in with one secret of an administrator. */
async function holding(secretString: string) {
  const secretsManager = createSecretsManager({ clock: new DrivenClock(), functions: new Map() });
  onTestFinished(() => secretsManager.close());
  secretsManager.createSecret({ name: 'shop/admin', arnSuffix: 'AbCdE1', secretString });
  return readerAt(await serving(createAwsEndpoint([secretsManager.service])));
}

const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:shop/admin-AbCdE1';

test.each([arn, 'shop/admin'])('reads the current value of %s', async (secretId) => {
  const read = await holding('{"username": "admin", "password": "p"}');

  const document = await read(secretId, signal);

  expect(document.keys.map((key) => document.get(key))).toEqual(['admin', 'p']);
});

test('a secret that is not there is the configuration’s mistake', async () => {
  const read = await holding('{}');

  const error = expectAws(await answerOf(read('shop/other', signal)), 'ADMIN_SECRET_UNUSABLE');

  expect(error.message).toMatch(/shop\/other.*adminSecret/s);
});

test.each(['a password alone', '["a list"]', ''])('%j is no secret to read', async (text) => {
  const read = await holding(text);

  const error = expectAws(await answerOf(read(arn, signal)), 'ADMIN_SECRET_UNUSABLE');

  expect(error.message).toMatch(/shop\/admin-\?{6} of the administrator is not one JSON object/);
});

test.each<[string, number, ErrorCode]>([
  ['AccessDeniedException', 400, 'ACCESS_DENIED'],
  ['ThrottlingException', 400, 'THROTTLED'],
  ['DecryptionFailure', 400, 'KMS_KEY_UNUSABLE'],
  ['InternalServiceError', 500, 'UNREACHABLE'],
])('%s, with status %d, becomes %s', async (name, status, code) => {
  const read = readerAt(await serving(refusingJson(name, status)));

  const error = expectAws(await answerOf(read(arn, signal)), code);

  expect(error.message).toContain('secret shop/admin-?????? of the administrator');
});

test('no answer is not a refusal', async () => {
  const read = readerAt('http://127.0.0.1:1');

  const error = expectAws(await answerOf(read(arn, signal)), 'UNREACHABLE');

  expect(error.message).toContain('route');
});
