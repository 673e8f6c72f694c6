import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { lambdaHandler, secretName } from '../../src/handlers/invocation.ts';
import { RotationError } from '../../src/rotation/errors.ts';
import { codeOf, failureOf } from '../rotation/support/world.ts';
import { contextWith, listeningLogger, rotationEvent, rotationToken } from './support/lambda.ts';

afterEach(() => void vi.unstubAllEnvs());

const value = 'a-value-of-the-secret';

describe('no middleware turns an error into a success', () => {
  test.each([
    {
      what: 'an error of ours',
      thrown: new RotationError('PENDING_REJECTED', 'refused', { step: 'testSecret', key: 'A' }),
      code: 'PENDING_REJECTED',
    },
    { what: 'a foreign error', thrown: new TypeError(value), code: 'UNEXPECTED' },
    {
      what: 'an error that looks like an HTTP answer',
      thrown: Object.assign(new Error(value), { statusCode: 200, body: value, expose: true }),
      code: 'UNEXPECTED',
    },
    {
      what: 'an error with a value for a name',
      thrown: Object.assign(new Error('failed'), { name: value }),
      code: 'UNEXPECTED',
    },
    { what: 'a text', thrown: value, code: 'UNEXPECTED' },
    { what: 'nothing', thrown: undefined, code: 'UNEXPECTED' },
    { what: 'null', thrown: null, code: 'UNEXPECTED' },
    { what: 'an answer', thrown: { statusCode: 200, body: value }, code: 'UNEXPECTED' },
  ])('$what that is thrown leaves as an error: $code', async ({ thrown, code }) => {
    const { logger, lines } = listeningLogger();
    const handler = lambdaHandler(logger, async () => {
      // oxlint-disable-next-line typescript/only-throw-error -- a library may throw anything
      throw thrown;
    });

    const error = await failureOf(Promise.resolve(handler(rotationEvent, contextWith())));

    expect(error.code).toBe(code);
    expect(error.message).not.toContain(value);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 'ERROR', code });
    expect(JSON.stringify(lines)).not.toContain(value);
  });

  test('an error of ours is logged with its place, and whether it is worth another try', async () => {
    const { logger, lines } = listeningLogger();
    const thrown = new RotationError('UNREACHABLE', 'no answer', { step: 'setSecret', key: 'A' });
    const handler = lambdaHandler(logger, () => Promise.reject(thrown));

    expect(await failureOf(Promise.resolve(handler(rotationEvent, contextWith())))).toBe(thrown);

    expect(lines).toEqual([
      expect.objectContaining({
        message: 'no answer',
        code: 'UNREACHABLE',
        step: 'setSecret',
        key: 'A',
        retryable: true,
      }),
    ]);
  });

  test('what the work answers is no answer', async () => {
    const handler = lambdaHandler(listeningLogger().logger, async () => undefined);
    expect(await handler(rotationEvent, contextWith())).toBeUndefined();
  });
});

describe('time', () => {
  test('five seconds before the timeout the signal fires, and hanging work is given up (F-7)', async () => {
    const seen = Promise.withResolvers<AbortSignal>();
    const handler = lambdaHandler(listeningLogger().logger, async (_event, _context, signal) => {
      seen.resolve(signal);
      await new Promise(() => undefined);
    });

    const started = Date.now();
    const outcome = codeOf(Promise.resolve(handler(rotationEvent, contextWith(5_100))));
    const signal = await seen.promise;
    expect(signal.aborted).toBe(false);

    expect(await outcome).toBe('NOT_ENOUGH_TIME');
    expect(signal.aborted).toBe(true);
    expect(Date.now() - started).toBeLessThan(2_000);
  });

  test('work that goes on after that can change the outcome no more', async () => {
    const handler = lambdaHandler(listeningLogger().logger, async (_event, _context, signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    });

    expect(await codeOf(Promise.resolve(handler(rotationEvent, contextWith(5_020))))).toBe(
      'NOT_ENOUGH_TIME',
    );
  });
});

test('warm invocations share no signal, and leave no listener behind', async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => void warnings.push(warning);
  process.on('warning', onWarning);
  const signals = new Set<AbortSignal>();
  const handler = lambdaHandler(listeningLogger().logger, async (_event, _context, signal) => {
    signals.add(signal);
    signal.addEventListener('abort', () => undefined);
  });

  for (let n = 0; n < 30; n++) await handler(rotationEvent, contextWith());
  await new Promise(setImmediate);
  process.off('warning', onWarning);

  expect(signals.size).toBe(30);
  for (const signal of signals) expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  expect(warnings).toEqual([]);
});

test.each(['POWERTOOLS_LOGGER_LOG_EVENT', 'POWERTOOLS_DEV'])(
  'the event is not logged, whatever %s says',
  async (variable) => {
    vi.stubEnv(variable, 'true');
    vi.stubEnv('LOG_LEVEL', 'TRACE');
    const { logger, lines } = listeningLogger();
    const handler = lambdaHandler(logger, async () => logger.info('working'));

    await handler(rotationEvent, contextWith());

    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain(rotationToken);
  },
);

test('log lines of one invocation name its request', async () => {
  const { logger, lines } = listeningLogger();
  const context = contextWith();

  await lambdaHandler(logger, async () => logger.info('working'))(rotationEvent, context);

  expect(lines).toMatchObject([{ function_request_id: context.awsRequestId }]);
});

const prefix = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:';

test.each([
  { what: 'an ARN', secretId: `${prefix}shop/production-a1B2c3`, name: 'shop/production' },
  {
    what: 'an ARN of another partition',
    secretId: 'arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:shop-a1B2c3',
    name: 'shop',
  },
  {
    what: 'an ARN whose name ends like a suffix',
    secretId: `${prefix}shop-abcdef-a1B2c3`,
    name: 'shop-abcdef',
  },
  {
    what: 'an ARN whose name holds colons',
    secretId: `${prefix}shop:blue-a1B2c3`,
    name: 'shop:blue',
  },
  { what: 'a partial ARN', secretId: `${prefix}shop/production`, name: 'shop/production' },
  { what: 'a name', secretId: 'shop/production', name: 'shop/production' },
  { what: 'a name that ends like a suffix', secretId: 'shop-abcdef', name: 'shop-abcdef' },
])('the name in $what', ({ secretId, name }) => {
  expect(secretName(secretId)).toBe(name);
});
