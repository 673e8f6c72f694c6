import { inspect } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { rotateSecretHandler } from '../../src/handlers/rotate-secret-handler.ts';
import type { JournalEntry } from '../../src/rotation/journal.ts';
import { codeOf, steps } from '../rotation/support/world.ts';
import { contextWith, rotationEvent, rotationToken, secretArn } from './support/lambda.ts';
import { firstValue, wired } from './support/wired.ts';

const token = rotationEvent.ClientRequestToken;

/** The errors of an invocation as a code, and everything it printed as one text. */
const invoke = (wiring: Parameters<typeof rotateSecretHandler>[0], event: unknown) =>
  Promise.resolve(rotateSecretHandler(wiring)(event, contextWith()));

test('four invocations are a rotation', async () => {
  const { wiring, manager, begin } = await wired();
  begin(token);

  for (const Step of steps) await invoke(wiring, { ...rotationEvent, Step });

  expect(manager.inspect(secretArn)?.versionId).toBe(token);
  expect(manager.inspect(secretArn)?.secretString).toContain(firstValue);
});

test('each is logged, with the name of the secret and its version, and without a value or a RotationToken', async () => {
  const { wiring, manager, lines, begin } = await wired();
  begin(token);

  for (const Step of steps) await invoke(wiring, { ...rotationEvent, Step });

  const values = Object.values(JSON.parse(manager.inspect(secretArn)?.secretString ?? '{}'));
  const printed = inspect(lines, { depth: Infinity });
  expect(lines.map(({ message }) => message)).toEqual(
    expect.arrayContaining(steps.map((step) => `${step} done`)),
  );
  expect(lines.every((line) => line['secret'] === 'shop/production')).toBe(true);
  expect(lines.every((line) => line['version'] === token)).toBe(true);
  for (const value of [...values.flat(), rotationToken]) expect(printed).not.toContain(value);
});

test('what the protocol reports is heard beside the log', async () => {
  const entries: JournalEntry[] = [];
  const { wiring, begin } = await wired({
    listener: { record: (entry) => void entries.push(entry) },
  });
  begin(token);

  await invoke(wiring, rotationEvent);

  expect(entries.at(0)).toEqual({ kind: 'step', step: 'createSecret', outcome: 'started' });
  expect(entries.at(-1)).toMatchObject({ kind: 'step', outcome: 'done' });
});

describe('an error of any layer fails the step', () => {
  test.each([
    { layer: 'the event', event: { ...rotationEvent, Step: 'dropSecret' }, code: 'EVENT_INVALID' },
    {
      layer: 'the configuration',
      event: { ...rotationEvent, SecretId: secretArn.replace('shop/', 'warehouse/') },
      code: 'SECRET_NOT_CONFIGURED',
    },
    {
      layer: 'Secrets Manager',
      event: { ...rotationEvent, SecretId: secretArn.replace('production', 'testing') },
      code: 'SECRET_NOT_FOUND',
    },
    {
      layer: 'the protocol',
      event: { ...rotationEvent, ClientRequestToken: 'f'.repeat(32) },
      code: 'TOKEN_UNKNOWN',
    },
  ])('$layer: $code', async ({ event, code }) => {
    const { wiring, lines, begin } = await wired();
    begin(token);

    expect(await codeOf(invoke(wiring, event))).toBe(code);

    expect(lines.at(-1)).toMatchObject({ level: 'ERROR', code });
    expect(inspect(lines, { depth: Infinity })).not.toContain(rotationToken);
  });

  test('the wiring: UNEXPECTED, without what it said', async () => {
    const { wiring, lines } = await wired({ bookings: noClient });

    expect(await codeOf(invoke(wiring, rotationEvent))).toBe('UNEXPECTED');

    expect(lines.at(-1)?.message).toContain('TypeError');
    expect(inspect(lines)).not.toContain(firstValue);
  });

  test('a listener that throws: UNEXPECTED', async () => {
    const { wiring, begin } = await wired({ listener: { record: deaf } });
    begin(token);

    expect(await codeOf(invoke(wiring, rotationEvent))).toBe('UNEXPECTED');
  });
});

test('a call that hangs is broken off in time: NOT_ENOUGH_TIME', async () => {
  const { wiring, held, requests, manager, begin } = await wired();
  begin(token);
  held.until = new Promise(() => undefined);

  const handler = rotateSecretHandler(wiring);
  const outcome = codeOf(Promise.resolve(handler(rotationEvent, contextWith(5_150))));

  expect(await outcome).toBe('NOT_ENOUGH_TIME');
  expect(requests).toEqual(['secretsmanager.DescribeSecret']);
  expect(manager.inspect(secretArn, 'AWSPENDING')?.versionId).toBe(token);
});

test('thirty warm invocations leave no listener behind', async () => {
  const { wiring, begin } = await wired();
  begin(token);
  const handler = rotateSecretHandler(wiring);
  const warnings = vi.fn<(warning: Error) => void>();
  process.on('warning', warnings);

  for (let n = 0; n < 30; n++) await handler(rotationEvent, contextWith());
  await new Promise(setImmediate);
  process.off('warning', warnings);

  expect(warnings).not.toHaveBeenCalled();
});

function noClient(): never {
  throw new TypeError(`no client for ${firstValue}`);
}

function deaf(): never {
  throw new Error('deaf');
}
