import { expect, test } from 'vitest';
import { parseRotationFunctionEvent } from '../../src/handlers/rotation-function-event.ts';
import { rotateSecretHandler } from '../../src/handlers/rotate-secret-handler.ts';
import { codeOf, failureOf, steps } from '../rotation/support/world.ts';
import { contextWith, rotationEvent, secretArn } from './support/lambda.ts';
import { wired } from './support/wired.ts';

const compromise = { Operation: 'compromise', SecretId: secretArn, Key: 'SECRET_KEY' } as const;
const reconcile = { Operation: 'reconcile', SecretId: secretArn } as const;

test('the events of a person are read', () => {
  expect(parseRotationFunctionEvent(compromise)).toEqual(compromise);
  expect(parseRotationFunctionEvent(reconcile)).toEqual(reconcile);
});

test.each([{ Key: undefined }, { Key: '' }, { Key: 7 }])(
  'a mark of %o is refused: EVENT_INVALID, naming Key',
  async (changes) => {
    const event = { ...compromise, ...changes };
    const error = await failureOf(Promise.resolve().then(() => parseRotationFunctionEvent(event)));

    expect(error).toMatchObject({ code: 'EVENT_INVALID' });
    expect(error.message).toContain('look at: Key.');
  },
);

test('a mark answers what was marked, the rotation after it honours it, a look after it tells', async () => {
  const { wiring, manager, begin } = await wired();
  const { versionId } = manager.inspect(secretArn) ?? {};
  const handler = rotateSecretHandler(wiring);

  expect(await handler(compromise, contextWith())).toEqual({
    secret: secretArn,
    key: 'SECRET_KEY',
    keys: ['SECRET_KEY'],
    versions: [versionId],
  });
  begin(rotationEvent.ClientRequestToken);
  for (const Step of steps) await handler({ ...rotationEvent, Step }, contextWith());

  const { secretString = '{}' } = manager.inspect(secretArn) ?? {};
  expect(JSON.parse(secretString)).toMatchObject({ SECRET_KEY_FALLBACKS: [] });
  expect(await handler(reconcile, contextWith())).toEqual({ secret: secretArn, revoked: [] });
});

test.each([
  { what: 'a mark', event: { ...compromise, Key: 'NO_SUCH_KEY' }, code: 'KEY_NOT_ROTATED' },
  { what: 'a look after it', event: reconcile, code: 'ACCESS_DENIED' },
])('$what that fails is counted as what a person asked for', async ({ event, code }) => {
  const emitted: string[] = [];
  const { wiring, denied } = await wired({ emit: (line) => void emitted.push(line) });
  if (code === 'ACCESS_DENIED') denied.add('DescribeSecret');

  const outcome = codeOf(Promise.resolve(rotateSecretHandler(wiring)(event, contextWith())));

  expect(await outcome).toBe(code);
  expect(emitted.join('\n')).toContain('"OperationFailed":1');
  expect(emitted.join('\n')).not.toMatch(/RotationFailed|ReconcileFailed|NO_SUCH_KEY/);
});
