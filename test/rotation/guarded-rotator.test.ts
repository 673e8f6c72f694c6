import { describe, expect, test } from 'vitest';
import { loggingJournal } from '../../src/handlers/logging-journal.ts';
import { RotationError } from '../../src/rotation/errors.ts';
import { guarded } from '../../src/rotation/guarded-rotator.ts';
import { onKey } from '../../src/rotation/rotation.ts';
import type { Verdict } from '../../src/rotation/rotator.ts';
import { listeningLogger } from '../handlers/support/lambda.ts';
import { anyVersion } from '../support/calling.ts';
import { printed } from './leaks/printed.ts';
import {
  credentials,
  listeningCall,
  rotatorOf,
  values,
  verbs,
} from './support/careless-rotator.ts';
import { ownKey } from './support/rotators.ts';
import { Timeline } from './support/timeline.ts';
import { failureOf, startWorld } from './support/world.ts';

const none = async () => undefined;

const shown = (error: Error) => Object.values(printed(error)).join('\n');

describe.each(verbs)('$verb', ({ holds, run }) => {
  const held = holds.map((name) => values[name]);
  const message = held.map((value) => `${value} ${encodeURIComponent(value)}`).join(', ');

  test('a foreign error leaves as ours, on its key, without its message', async () => {
    const foreign = new TypeError(message, { cause: new Error(message) });
    const rotator = guarded(rotatorOf(() => Promise.reject(foreign)));

    const error = await failureOf(run(rotator, listeningCall().call, credentials));

    expect(error).toMatchObject({ code: 'UNEXPECTED', key: 'API_TOKEN', retryable: true });
    expect(error.message).toMatch(
      /careless of API_TOKEN failed .* \(TypeError at [\w.-]+:\d+:\d+\)/,
    );
    expect(error.cause).toMatchObject({ name: 'TypeError' });
    for (const value of held) expect(shown(error)).not.toContain(value);
  });

  test('an error of ours keeps its code, and loses the values in its message and its cause', async () => {
    const own = new RotationError('PROVIDER_REFUSED', `refused ${message}. Look.`, {
      cause: new Error(message),
    });
    const rotator = guarded(rotatorOf(() => Promise.reject(own)));

    const error = await failureOf(run(rotator, listeningCall().call, credentials));

    expect(error).toMatchObject({ code: 'PROVIDER_REFUSED', key: 'API_TOKEN' });
    expect(error.message).toMatch(/^refused \[redacted\] .*\. Look\.$/);
    for (const value of held) expect(shown(error)).not.toContain(value);
  });

  test('an error of ours keeps its key when it is one the rotator declares', async () => {
    const own = new RotationError('KEY_UNUSABLE', 'Correct it.', { key: 'ACCOUNT' });
    const rotator = guarded(rotatorOf(() => Promise.reject(own)));

    const error = await failureOf(run(rotator, listeningCall().call, credentials));

    expect(error.key).toBe('ACCOUNT');
  });

  test('log lines show no value', async () => {
    const { call, lines } = listeningCall();
    const rotator = guarded(
      rotatorOf(({ log }) => {
        log.info(`trying ${message}`);
        log.warn(`no: ${message}`);
        return Promise.reject(new Error('done'));
      }),
    );

    await failureOf(run(rotator, call, credentials));

    expect(lines).toEqual([
      expect.stringMatching(/^trying \[redacted\]/),
      expect.stringMatching(/^no: \[redacted\]/),
    ]);
    for (const value of held) expect(lines.join('\n')).not.toContain(value);
  });

  test.each([
    { what: 'fields beside the message', message: 'trying', fields: { token: held } },
    { what: 'an object in its place', message: { message: 'trying', token: held } },
    { what: 'an error in its place', message: new Error(message) },
  ])('a logger is not handed $what', async ({ message: first, fields }) => {
    const { logger, lines } = listeningLogger();
    const rotator = guarded(
      rotatorOf(({ log }) => {
        Reflect.apply(log.info.bind(log), undefined, [first, fields]);
        Reflect.apply(log.warn.bind(log), undefined, [first, fields]);
        return Promise.reject(new Error('done'));
      }),
    );

    const { call } = listeningCall();
    await failureOf(run(rotator, { ...call, log: logger }, credentials));

    expect(lines).toHaveLength(2);
    for (const value of held) expect(JSON.stringify(lines)).not.toContain(value);
  });

  test('once the time is up it is not even begun', async () => {
    let begun = false;
    const rotator = guarded(
      rotatorOf(() => {
        begun = true;
        return Promise.reject(new Error('begun'));
      }),
    );

    const error = await failureOf(
      run(rotator, listeningCall(AbortSignal.abort()).call, credentials),
    );

    expect(error).toMatchObject({ code: 'NOT_ENOUGH_TIME', key: 'API_TOKEN' });
    expect(begun).toBe(false);
  });

  test('a failure because time was up says that, whatever was thrown', async () => {
    const controller = new AbortController();
    const rotator = guarded(
      rotatorOf(() => {
        controller.abort();
        return Promise.reject(new RotationError('PROVIDER_REFUSED', 'broken off'));
      }),
    );

    const error = await failureOf(run(rotator, listeningCall(controller.signal).call, credentials));

    expect(error).toMatchObject({ code: 'NOT_ENOUGH_TIME', retryable: true });
  });
});

test.each(verbs)('what $verb answers is not logged', async ({ run }) => {
  const { logger, lines } = listeningLogger();
  const world = await startWorld();
  const answer: Verdict = JSON.parse(JSON.stringify(values.current));
  const rotator = guarded({
    ...ownKey('API_TOKEN', world.timeline),
    probe: async () => answer,
    create: async () => credentials.next,
    switch: async () => undefined,
  });
  const invocation = world.invocation('setSecret', {
    journal: loggingJournal(logger, 'shop/production'),
    log: logger,
  });

  await onKey(invocation, rotator, 'probe', (call) => run(rotator, call, credentials));

  expect(lines).toMatchObject([{ key: 'API_TOKEN', outcome: 'done' }]);
  for (const value of Object.values(values)) expect(JSON.stringify(lines)).not.toContain(value);
});

test.each(verbs)('what $verb is told to withhold is redacted from then on', async ({ run }) => {
  const { call, lines } = listeningCall();
  const password = 'the-password-of-an-administrator';
  const rotator = guarded(
    rotatorOf(async ({ log, withhold }) => {
      withhold({ username: 'admin', password });
      log.info(`as ${password}`);
      throw new RotationError('ADMIN_REJECTED', `Refused ${btoa(password)}. Look.`);
    }),
  );

  const error = await failureOf(run(rotator, call, credentials));

  expect(error.message).toBe('Refused [redacted]. Look.');
  expect(lines).toEqual(['as [redacted]']);
});

describe('keys whose values are no secrets', () => {
  const host = 'database.internal.example';
  const sayingHost = (telling: readonly string[]) =>
    guarded({
      ...rotatorOf(async ({ log }) => {
        log.warn(`looking for ${host}`);
        throw new RotationError('UNREACHABLE', `${host} and ${values.current}. Look.`);
      }),
      shown: telling,
    });
  const current = { ...credentials.current, DB_HOST: host };

  test('may be told where the rotator says so; all others are withheld', async () => {
    const { call, lines } = listeningCall();

    const error = await failureOf(sayingHost(['DB_HOST']).check({ ...call, current }));

    expect(error.message).toBe(`${host} and [redacted]. Look.`);
    expect(lines).toEqual([`looking for ${host}`]);
  });

  test('are withheld where it does not', async () => {
    const { call, lines } = listeningCall();

    const error = await failureOf(sayingHost([]).check({ ...call, current }));

    expect(error.message).toBe('[redacted] and [redacted]. Look.');
    expect(lines).toEqual(['looking for [redacted]']);
  });

  test('are never the key that is rotated', async () => {
    const { call } = listeningCall();

    const error = await failureOf(sayingHost(['DB_HOST', 'API_TOKEN']).check({ ...call, current }));

    expect(error.message).toBe(`${host} and [redacted]. Look.`);
  });

  test('are no secrets in what create looks up, either', async () => {
    const { call } = listeningCall();
    const rotator = guarded({
      ...rotatorOf(() => Promise.reject(new Error('unused'))),
      shown: ['DB_HOST'],
      create: async ({ version }) => {
        throw new RotationError(
          'CANNOT_TELL',
          `${JSON.stringify(await version.labelled())}. Look.`,
        );
      },
    });
    const version = { ...anyVersion, labelled: async () => [current] };

    const error = await failureOf(
      rotator.create({ ...call, current: {}, superseded: none, version }),
    );

    expect(error.message).toContain(host);
    expect(error.message).not.toContain(values.current);
  });
});

test('a rotator without a switch stays one without', () => {
  expect(guarded(ownKey('API_TOKEN', new Timeline()))).not.toHaveProperty('switch');
});

test('what is no part of the contract stays outside of the guard', () => {
  const rotator = { ...ownKey('API_TOKEN', new Timeline()), connect: () => undefined };
  expect(guarded(rotator)).not.toHaveProperty('connect');
});
