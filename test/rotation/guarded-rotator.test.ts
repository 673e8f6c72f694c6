import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { RotationError } from '../../src/rotation/errors.ts';
import { guarded } from '../../src/rotation/guarded-rotator.ts';
import type { Call, Rotator } from '../../src/rotation/rotator.ts';
import { ownKey } from './support/rotators.ts';
import { Timeline } from './support/timeline.ts';
import { failureOf } from './support/world.ts';

const current = 'the-current-value-of-it';
const next = 'the-next-value-of-it/+';
const superseded = 'the-superseded-value-of-it';

/** A rotator whose every verb does the same. */
function rotatorOf(act: (call: Call) => Promise<never>): Rotator {
  return {
    kind: 'careless',
    key: 'API_TOKEN',
    changes: ['API_TOKEN'],
    reads: [],
    optional: [],
    graceMs: 0,
    madeByProvider: false,
    switchBudgetMs: 0,
    probe: act,
    check: act,
    create: async (call) => {
      await call.superseded();
      return act(call);
    },
    install: act,
    switch: act,
    revoke: act,
  };
}

const credential = (value: string) => ({ API_TOKEN: value, LIST: [value] });

function callOf(lines: string[] = [], signal = new AbortController().signal) {
  const log = {
    info: (line: string) => void lines.push(line),
    warn: (line: string) => void lines.push(line),
  };
  return { signal, log };
}

const verbs: readonly { verb: string; run: (rotator: Rotator, call: Call) => Promise<unknown> }[] =
  [
    { verb: 'probe', run: (r, call) => r.probe({ ...call, credential: credential(current) }) },
    { verb: 'check', run: (r, call) => r.check({ ...call, current: credential(current) }) },
    {
      verb: 'create',
      run: (r, call) =>
        r.create({
          ...call,
          current: credential(current),
          undone: credential(next),
          superseded: async () => credential(superseded),
        }),
    },
    {
      verb: 'install',
      run: (r, call) =>
        r.install({ ...call, next: credential(next), current: credential(current) }),
    },
    {
      verb: 'switch',
      run: async (r, call) =>
        r.switch?.({ ...call, to: credential(next), from: credential(current) }),
    },
    {
      verb: 'revoke',
      run: (r, call) =>
        r.revoke({
          ...call,
          victim: credential(superseded),
          keep: credential(current),
          newer: 'keep',
        }),
    },
  ];

const values = [current, next, superseded];

/** Everything any logger could make of an error. */
const printed = (error: Error) =>
  [
    error.message,
    error.stack,
    inspect(error, { depth: Infinity, showHidden: true }),
    JSON.stringify(error),
  ].join('\n');

const basic = (value: string) => `Basic ${Buffer.from(`AC:${value}`).toString('base64')}`;

/** The values that a verb has in hand. */
const inHand = (verb: string) =>
  ({
    probe: [current],
    check: [current],
    create: values,
    install: [next, current],
    switch: [next, current],
    revoke: [superseded, current],
  })[verb] ?? [];

describe.each(verbs)('$verb', ({ verb, run }) => {
  const held = inHand(verb);
  const message = held.map((value) => `${value} ${encodeURIComponent(value)}`).join(', ');

  test('a foreign error leaves as ours, on its key, without a value', async () => {
    const foreign = Object.assign(new TypeError(message, { cause: new Error(message) }), {
      config: { headers: { Authorization: held.map(basic) } },
    });
    const rotator = guarded(rotatorOf(() => Promise.reject(foreign)));

    const error = await failureOf(run(rotator, callOf()));

    expect(error).toMatchObject({ code: 'UNEXPECTED', key: 'API_TOKEN', retryable: true });
    expect(error.message).toContain('careless');
    expect(error.cause).toMatchObject({ name: 'TypeError' });
    for (const value of held) expect(printed(error)).not.toContain(value);
    for (const value of held) expect(printed(error)).not.toContain(basic(value));
  });

  test('an error of ours keeps its code, and loses the values in its message and its cause', async () => {
    const own = new RotationError('PROVIDER_REFUSED', `refused ${message}`, {
      cause: new Error(message),
    });
    const rotator = guarded(rotatorOf(() => Promise.reject(own)));

    const error = await failureOf(run(rotator, callOf()));

    expect(error).toMatchObject({ code: 'PROVIDER_REFUSED', key: 'API_TOKEN' });
    expect(error.message).toContain('refused [redacted]');
    for (const value of held) expect(printed(error)).not.toContain(value);
  });

  test('what is thrown and is no error leaves nothing behind', async () => {
    const rotator = guarded(
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- careless on purpose
      rotatorOf(() => Promise.reject(message)),
    );

    const error = await failureOf(run(rotator, callOf()));

    expect(error.code).toBe('UNEXPECTED');
    for (const value of held) expect(printed(error)).not.toContain(value);
  });

  test('log lines show no value', async () => {
    const lines: string[] = [];
    const rotator = guarded(
      rotatorOf((call) => {
        call.log.info(`trying ${message}`);
        call.log.warn(`no: ${held.map(basic).join(' ')}`);
        return Promise.reject(new Error('done'));
      }),
    );

    await failureOf(run(rotator, callOf(lines)));

    expect(lines).toHaveLength(2);
    for (const value of held) expect(lines.join('\n')).not.toContain(value);
    for (const value of held) expect(lines.join('\n')).not.toContain(basic(value));
  });

  test('once the time is up it is not even begun', async () => {
    let begun = false;
    const rotator = guarded(
      rotatorOf(() => {
        begun = true;
        return Promise.reject(new Error('begun'));
      }),
    );

    const error = await failureOf(run(rotator, callOf([], AbortSignal.abort())));

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

    const error = await failureOf(run(rotator, callOf([], controller.signal)));

    expect(error).toMatchObject({ code: 'NOT_ENOUGH_TIME', retryable: true });
  });
});

test('what a foreign error says of a value while it is made is not passed on', async () => {
  const made = 'a-value-nobody-else-has-seen';
  const rotator = guarded(rotatorOf(() => Promise.reject(new Error(`cannot take ${made}`))));
  const create = verbs.find(({ verb }) => verb === 'create');

  const error = await failureOf(Promise.resolve(create?.run(rotator, callOf())));

  expect(printed(error)).not.toContain(made);
});

test('a rotator without a switch stays one without', () => {
  expect(guarded(ownKey('API_TOKEN', new Timeline()))).not.toHaveProperty('switch');
});
