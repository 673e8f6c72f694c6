import { expect, test } from 'vitest';
import { reconcileSecretHandler } from '../../src/handlers/reconcile-secret-handler.ts';
import { codeOf } from '../rotation/support/world.ts';
import { contextWith, secretArn } from './support/lambda.ts';
import { wired } from './support/wired.ts';

test('reconciles the secret the event names, and logs it as a step', async () => {
  const { wiring, lines, requests } = await wired();

  await reconcileSecretHandler(wiring)({ secret: secretArn }, contextWith());

  expect(requests).toEqual(['secretsmanager.DescribeSecret', 'secretsmanager.GetSecretValue']);
  expect(lines.map(({ message }) => message)).toEqual([
    'reconcile started',
    'reconcile: probe SECRET_KEY: accepted',
    'reconcile: No superseded credential is owed its end.',
    'reconcile done',
  ]);
});

test.each([
  { event: undefined, code: 'EVENT_INVALID' },
  { event: { secret: secretArn, keys: 'SECRET_KEY' }, code: 'EVENT_INVALID' },
  { event: { secret: 'warehouse' }, code: 'SECRET_NOT_CONFIGURED' },
  { event: { secret: 'shop/testing' }, code: 'SECRET_NOT_FOUND' },
])('throws, so that its caller tries again: $code', async ({ event, code }) => {
  const { wiring } = await wired();

  const outcome = Promise.resolve(reconcileSecretHandler(wiring)(event, contextWith()));

  expect(await codeOf(outcome)).toBe(code);
});
