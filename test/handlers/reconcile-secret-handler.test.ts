import { expect, test } from 'vitest';
import { sqsDeadLetters, type Reader } from '../../src/aws/sqs-dead-letters.ts';
import { reconcileSecretHandler } from '../../src/handlers/reconcile-secret-handler.ts';
import { DrivenClock } from '../../src/local/driven-clock.ts';
import { serveSqs } from '../local/sqs/serve-sqs.ts';
import { codeOf } from '../rotation/support/world.ts';
import { contextWith, secretArn } from './support/lambda.ts';
import { wired } from './support/wired.ts';

test('reconciles the secret the event names, and logs it as a step', async () => {
  const { wiring, manager, lines, requests } = await wired();
  const { versionId: current } = manager.inspect(secretArn) ?? {};

  await reconcileSecretHandler(wiring)({ secret: secretArn, current }, contextWith());

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

/** A wiring with a queue for dead letters that holds one. */
async function wiredToQueue(body: string) {
  const rig = await wired();
  const { queue, client, queueUrl } = await serveSqs(new DrivenClock());
  queue.send({ body });
  const deadLetters = (reader: Reader) => sqsDeadLetters(async () => client, queueUrl, reader);
  return { ...rig, queue, handler: reconcileSecretHandler({ ...rig.wiring, deadLetters }) };
}

test('the daily run looks after the dead letters too', async () => {
  const { handler, queue, lines } = await wiredToQueue(
    JSON.stringify({ secret: secretArn, keys: ['SECRET_KEY'] }),
  );

  await handler({ secret: secretArn }, contextWith());

  expect(queue.messages).toEqual([]);
  expect(lines.map(({ message }) => message)).toEqual(
    expect.arrayContaining([
      'reconcile: dead letter: its run is made up for',
      'reconcile: dead letters: 1 seen, 0 left',
      'reconcile done',
    ]),
  );
});

test('an unreadable letter stays, and the log says where it is wrong and nothing else', async () => {
  const { handler, queue, lines } = await wiredToQueue('{"secret": ["a-value-of-the-secret"]}');

  await handler({ secret: secretArn }, contextWith());

  expect(queue.visible()).toHaveLength(1);
  expect(lines).toContainEqual(
    expect.objectContaining({
      level: 'WARN',
      message: 'reconcile: dead letter: it cannot be read',
      letter: queue.messages[0]?.id,
      reason: expect.stringContaining('look at: secret.'),
    }),
  );
  expect(JSON.stringify(lines)).not.toContain('a-value-of-the-secret');
});

test('a run that was booked leaves the dead letters alone', async () => {
  const { handler, queue } = await wiredToQueue('{}');

  await handler({ secret: secretArn, keys: ['SECRET_KEY'] }, contextWith());

  expect(queue.messages).toMatchObject([{ receives: 0 }]);
});
