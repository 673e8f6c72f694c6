import { expect, test } from 'vitest';
import { functionArn, name, put, register, rotate, settle, start } from './support.ts';

const secret = 'hunter2-SECRET-VALUE';

test('tells no value in errors, events and the journal', async () => {
  const started = await start({ retryAttempts: 0 });
  const errors: unknown[] = [];
  const keep = (error: unknown) => errors.push(error);
  register(started, () => {
    throw new Error(`leaks ${secret}`, { cause: secret });
  });

  await rotate(started, { RotationLambdaARN: functionArn });
  await settle(started);
  const token = 'a'.repeat(32);
  await put(started, { ClientRequestToken: token, SecretString: secret });
  await put(started, { ClientRequestToken: token, SecretString: `${secret}!` }).catch(keep);
  await put(started, { SecretString: secret.repeat(4000) }).catch(keep);
  await put(started, { SecretString: secret, SecretBinary: Buffer.from(secret) }).catch(keep);
  await put(started, { SecretId: 'none', SecretString: secret }).catch(keep);
  for (const body of [
    `{"SecretString":"${secret}`,
    JSON.stringify({ SecretId: name, SecretString: [secret] }),
    JSON.stringify({ SecretId: name, SecretString: { secret } }),
    JSON.stringify([secret]),
  ]) {
    const response = await fetch(started.url, {
      method: 'POST',
      body,
      headers: { 'x-amz-target': 'secretsmanager.PutSecretValue', authorization: 'AWS4' },
    });
    expect(response.status).toBe(400);
    errors.push(await response.text());
  }

  expect(errors).toHaveLength(8);
  const messages = errors.map((error) => (error instanceof Error ? error.message : error));
  const told = JSON.stringify([messages, started.events, started.manager.calls]);
  expect(told).not.toContain('hunter2');
});
