import { expect, test } from 'vitest';
import { parseRotationFunctionEvent } from '../../src/handlers/rotation-function-event.ts';
import { rotateSecretHandler } from '../../src/handlers/rotate-secret-handler.ts';
import { codeOf, failureOf, steps } from '../rotation/support/world.ts';
import { contextWith, rotationEvent, secretArn } from './support/lambda.ts';
import { wired } from './support/wired.ts';

const rollback = { Operation: 'rollback', SecretId: secretArn } as const;
const token = rotationEvent.ClientRequestToken;

test('both events of the rotation function are read', () => {
  expect(parseRotationFunctionEvent(rollback)).toEqual(rollback);
  expect(parseRotationFunctionEvent(rotationEvent)).toEqual(rotationEvent);
});

test.each([
  {
    what: 'another operation',
    event: { ...rollback, Operation: 'rollforward' },
    field: 'Operation',
  },
  { what: 'no secret', event: { Operation: 'rollback' }, field: 'SecretId' },
  { what: 'neither', event: {}, field: 'Step' },
])('$what: EVENT_INVALID, naming $field', async ({ event, field }) => {
  const error = await failureOf(Promise.resolve().then(() => parseRotationFunctionEvent(event)));

  expect(error).toMatchObject({ code: 'EVENT_INVALID' });
  expect(error.message).toContain(field);
});

test('a rollback answers what became of it; a step answers nothing', async () => {
  const { wiring, manager, begin } = await wired();
  const { versionId } = manager.inspect(secretArn) ?? {};
  begin(token);
  const handler = rotateSecretHandler(wiring);
  for (const Step of steps) {
    expect(await handler({ ...rotationEvent, Step }, contextWith())).toBeUndefined();
  }

  const answer = await handler(rollback, contextWith());

  expect(answer).toEqual({ outcome: 'rolled-back', from: token, to: versionId, switchGapMs: 0 });
  expect(manager.inspect(secretArn)?.versionId).toBe(versionId);
});

test('a rollback that is refused fails the invocation, and is logged', async () => {
  const { wiring, lines } = await wired();

  const outcome = codeOf(Promise.resolve(rotateSecretHandler(wiring)(rollback, contextWith())));

  expect(await outcome).toBe('ROLLBACK_REFUSED');
  expect(lines.at(-1)).toMatchObject({
    level: 'ERROR',
    code: 'ROLLBACK_REFUSED',
    step: 'rollback',
  });
});
