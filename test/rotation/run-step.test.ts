import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { RotationError, retryableByCode, type Step } from '../../src/rotation/errors.ts';
import { probe } from '../../src/rotation/rotation.ts';
import { recorded } from '../../src/rotation/run-step.ts';
import { SecretDocument } from '../../src/rotation/secret-document.ts';
import { ownKey, unreachable } from './support/rotators.ts';
import { denied } from './support/secrets-manager-wire.ts';
import { expectSentences } from './support/sentences.ts';
import { codeOf, failureOf, first, firstText, startWorld, type World } from './support/world.ts';

describe('what a step reports', () => {
  test('its start, every verb with its key, and its end', async () => {
    const world = await startWorld();
    await world.rotate('setSecret');

    expect(world.entries.filter(({ step }) => step === 'setSecret')).toEqual([
      { kind: 'step', step: 'setSecret', outcome: 'started' },
      verb('SIGNING_KEY', 'own-key', 'install'),
      verb('API_TOKEN', 'dual', 'install'),
      verb('DB_PASSWORD', 'single', 'install'),
      { kind: 'step', step: 'setSecret', outcome: 'done', durationMs: 0 },
    ]);
  });

  test('how long each took', async () => {
    const world = await startWorld();
    world.timeline.before('db.rehearse', () => world.clock.advance(250));
    await world.rotate('setSecret');

    const entries = world.entries.filter(({ step }) => step === 'setSecret');
    expect(entries.slice(-2)).toMatchObject([
      { key: 'DB_PASSWORD', durationMs: 250 },
      { outcome: 'done', durationMs: 250 },
    ]);
  });

  test('which verb failed, and with which code', async () => {
    const world = await startWorld();
    const token = await world.rotate('createSecret');
    world.timeline.before('db.rehearse', unreachable);

    const error = await failureOf(world.run('setSecret', token));

    expect(error).toMatchObject({ code: 'UNREACHABLE', key: 'DB_PASSWORD', step: 'setSecret' });
    expect(world.entries.slice(-2)).toEqual([
      { ...verb('DB_PASSWORD', 'single', 'install'), outcome: 'failed', code: 'UNREACHABLE' },
      { kind: 'step', step: 'setSecret', outcome: 'failed', durationMs: 0, code: 'UNREACHABLE' },
    ]);
  });

  test('every verb by its name, while a rotation is made and while it is taken back', async () => {
    const world = await startWorld();
    const token = await world.rotate('testSecret');
    world.timeline.before('move AWSCURRENT', denied, 2);
    await codeOf(world.run('finishSecret', token));

    expect(verbsOf(world, 'createSecret')).toEqual(new Set(['check', 'create']));
    expect(verbsOf(world, 'setSecret')).toEqual(new Set(['install']));
    expect(verbsOf(world, 'testSecret')).toEqual(new Set(['probe', 'install']));
    expect(verbsOf(world, 'finishSecret')).toEqual(
      new Set(['probe', 'install', 'switch', 'revoke']),
    );
  });

  test.each(['accepted', 'rejected', 'unknown'] as const)(
    'what a system answered to a probe: %s',
    async (verdict) => {
      const world = await startWorld();
      const invocation = world.invocation('reconcile');
      const rotator = ownKey('SIGNING_KEY', world.timeline, { probe: async () => verdict });

      await probe(invocation, rotator, SecretDocument.parse(firstText));

      expect(world.entries).toEqual([
        { ...verb('SIGNING_KEY', 'own-key', 'probe'), step: 'reconcile', outcome: verdict },
      ]);
    },
  );

  test('never a value', async () => {
    const world = await startWorld();
    await world.rotate();
    await world.reconcile(world.booked.at(-1)?.event);

    const reported = inspect([world.entries, world.booked, world.lines], { depth: Infinity });
    for (const value of [first, world.current()].flatMap(secretsOf)) {
      expect(reported).not.toContain(value);
    }
  });
});

describe('what leaves a step', () => {
  test('a failure nobody foresaw is UNEXPECTED, transient, and without its message', async () => {
    const world = await startWorld();
    const invocation = world.invocation('reconcile');

    const error = await failureOf(
      recorded(invocation, () =>
        Promise.reject(new TypeError(`cannot read ${first.API_TOKEN} in ${invocation.step}`)),
      ),
    );

    expect(error).toMatchObject({ code: 'UNEXPECTED', step: 'reconcile', retryable: true });
    expect(inspect(error, { depth: Infinity })).not.toContain(first.API_TOKEN);
    expectSentences(error.message);
  });

  test('keeps the place where it happened', async () => {
    const world = await startWorld();
    const thrown = new RotationError('UNREACHABLE', 'no answer', { step: 'setSecret', key: 'A' });

    const error = await failureOf(
      recorded(world.invocation('reconcile'), () => Promise.reject(thrown)),
    );

    expect(error).toMatchObject({ step: 'setSecret', key: 'A', stack: thrown.stack });
  });
});

test.each(Object.entries(retryableByCode))('%s may be tried again: %s', (code, retryable) => {
  const known = Object.keys(retryableByCode).find(isCode(code));
  expect(known && new RotationError(known, 'a message')).toMatchObject({
    code,
    retryable,
    name: `RotationError[${code}]`,
  });
});

const isCode =
  (wanted: string) =>
  (code: string): code is keyof typeof retryableByCode =>
    code === wanted;

const verbsOf = ({ entries }: World, step: Step) =>
  new Set(
    entries.flatMap((entry) => (entry.kind === 'key' && entry.step === step ? [entry.verb] : [])),
  );

const verb = (key: string, rotator: string, name: string) => ({
  kind: 'key',
  step: 'setSecret',
  key,
  rotator,
  verb: name,
  outcome: 'done',
  durationMs: 0,
});

const secretsOf = ({ API_TOKEN, DB_PASSWORD, SIGNING_KEY }: Record<string, string>) =>
  [API_TOKEN, DB_PASSWORD, SIGNING_KEY].flatMap((value) => (value ? [value] : []));
