import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parseReconcileEvent, parseRotationEvent } from '../../src/handlers/event.ts';
import { RotationError } from '../../src/rotation/errors.ts';
import { rotationEvent, rotationToken, secretArn } from './support/lambda.ts';

const forbidden = 'a value that must not be repeated';

describe('the event of a rotation', () => {
  test.each([
    { what: 'as Secrets Manager sends it', event: rotationEvent },
    { what: 'without a RotationToken', event: { ...rotationEvent, RotationToken: undefined } },
    { what: 'with fields nobody knows yet', event: { ...rotationEvent, Later: 'addition' } },
    {
      what: 'with a token of 64 characters',
      event: { ...rotationEvent, ClientRequestToken: 't'.repeat(64) },
    },
  ])('is read $what', ({ event }) => {
    const { Step, SecretId, ClientRequestToken } = parseRotationEvent(event);
    expect({ Step, SecretId, ClientRequestToken }).toEqual({
      Step: event.Step,
      SecretId: event.SecretId,
      ClientRequestToken: event.ClientRequestToken,
    });
  });

  test.each([
    { field: 'Step', value: 'dropSecret' },
    { field: 'Step', value: undefined },
    { field: 'Step', value: 7 },
    { field: 'SecretId', value: '' },
    { field: 'SecretId', value: 'x'.repeat(2_049) },
    { field: 'SecretId', value: undefined },
    { field: 'ClientRequestToken', value: 'x'.repeat(31) },
    { field: 'ClientRequestToken', value: 'x'.repeat(65) },
    { field: 'ClientRequestToken', value: undefined },
    { field: 'RotationToken', value: 'x'.repeat(35) },
    { field: 'RotationToken', value: 'x'.repeat(257) },
    { field: 'RotationToken', value: `${forbidden} ${rotationToken}` },
    { field: 'RotationToken', value: 5 },
  ])('with $field $value is refused, naming the field and no value', ({ field, value }) => {
    const error = refusalOf(() => parseRotationEvent({ ...rotationEvent, [field]: value }));

    expect(error).toMatchObject({ code: 'EVENT_INVALID', retryable: false });
    expect(error.message).toContain(`look at: ${field}.`);
    expectNoValue(error);
  });

  test('with everything wrong names every field once', () => {
    const error = refusalOf(() => parseRotationEvent({ RotationToken: forbidden }));
    expect(error.message).toContain('Step, SecretId, ClientRequestToken, RotationToken');
    expectNoValue(error);
  });

  test.each([undefined, null, forbidden, 42, [forbidden]])(
    'that is no object is refused: %s',
    (event) => {
      const error = refusalOf(() => parseRotationEvent(event));
      expect(error.code).toBe('EVENT_INVALID');
      expectNoValue(error);
    },
  );
});

describe('the event of a reconcile', () => {
  const pair = { current: 'c'.repeat(36), superseded: 's'.repeat(36), keys: ['API_TOKEN'] };

  test.each([{ secret: secretArn }, { secret: secretArn, ...pair }, { secret: 'shop/production' }])(
    'is read: %o',
    (event) => {
      expect(parseReconcileEvent(event)).toEqual(event);
    },
  );

  test.each([
    { field: 'secret', event: {} },
    { field: 'secret', event: { secret: '' } },
    { field: 'current', event: { secret: secretArn, current: forbidden.repeat(2) } },
    { field: 'superseded', event: { secret: secretArn, superseded: 5 } },
    { field: 'keys', event: { secret: secretArn, keys: forbidden } },
    { field: 'keys.0', event: { secret: secretArn, keys: [5] } },
  ])('with a wrong $field is refused, naming it and no value', ({ field, event }) => {
    const error = refusalOf(() => parseReconcileEvent(event));

    expect(error.message).toContain(`look at: ${field}.`);
    expectNoValue(error);
  });
});

function refusalOf(parse: () => unknown): RotationError {
  try {
    parse();
  } catch (error) {
    if (error instanceof RotationError) return error;
  }
  throw new Error('It was not refused');
}

function expectNoValue(error: Error): void {
  const printed = inspect(error, { depth: Infinity, showHidden: true }) + JSON.stringify(error);
  expect(printed).not.toContain(forbidden);
  expect(printed).not.toContain(rotationToken);
  expect(printed).not.toMatch(/x{31}/);
}
