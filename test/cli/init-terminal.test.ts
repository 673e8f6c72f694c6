import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Failure, Interrupted } from '../../src/cli/failure.ts';
import type { Question } from '../../src/cli/hidden-prompt.ts';
import type { Configure } from '../../src/cli/init/configured.ts';
import { init } from '../../src/cli/init/init.ts';
import { readOptions } from '../../src/cli/init/options.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { expectSilent } from '../support/expect-told.ts';
import { sample } from './local-secrets.ts';
import { useStubbedSecrets } from './use-local-secrets.ts';

const secrets = useStubbedSecrets();

/** Somebody who types the sample values, or `typed` for a key. */
function person({
  says = true,
  typed = {},
}: { says?: boolean; typed?: Record<string, string> } = {}) {
  const events: string[] = [];
  const shown: string[] = [];
  const asked: Question[] = [];
  const answers = new Map<string, string>(Object.entries({ ...sample, ...typed }));
  const terminal: { -readonly [K in keyof Terminal]: Terminal[K] } = {
    interactive: true,
    tell: (text) => void shown.push(text),
    answer: async (text) => void shown.push(text),
    ask: async () => expect.unreachable(),
    confirm: async (question) => {
      events.push(question);
      return says;
    },
    askHidden: async (questions) => {
      asked.push(...questions);
      events.push(...questions.map(({ key }) => key));
      return answers;
    },
  };
  return { terminal, events, asked, shown };
}

const options = (secret: string, more: object = {}) =>
  readOptions({ secret, files: false, ...more });

const storedIn = (name: string): unknown => JSON.parse(secrets().valueOf(name) ?? 'null');

test('confirms first, then asks for what nobody can make up, and creates', async () => {
  const { terminal, events, shown } = person();

  await init(options('asks/all'), terminal);

  expect(events).toEqual(['Create it?', 'DB_PASSWORD', 'TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN']);
  expect(storedIn('asks/all')).toEqual({ ...sample, SECRET_KEY: expect.any(String) });
  expectSilent(shown.join(''), secrets().sent);
});

test('asks for one more key, for one it would generate, and generates another', async () => {
  const { terminal, events } = person({ typed: { SECRET_KEY: 'own', STRIPE: 'pays' } });

  await init(options('asks/more', { key: ['STRIPE', 'SECRET_KEY'], generate: ['HOOK'] }), terminal);

  expect(events).toEqual(expect.arrayContaining(['STRIPE', 'SECRET_KEY']));
  expect(storedIn('asks/more')).toEqual({
    ...sample,
    SECRET_KEY: 'own',
    STRIPE: 'pays',
    HOOK: expect.stringMatching(/^[A-Za-z][\w-]{63}$/),
  });
});

test('does not ask where everything can be made, nor to confirm with --yes', async () => {
  const { terminal, events } = person();
  const without = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'];

  await init(options('asks/nothing', { without, generate: ['DB_PASSWORD'], yes: true }), terminal);

  expect(events).toEqual([]);
  expect(Object.keys(Object(storedIn('asks/nothing')))).toEqual(['SECRET_KEY', 'DB_PASSWORD']);
});

describe('creates nothing', () => {
  test('when the answer is no, which comes before any value', async () => {
    const { terminal, events } = person({ says: false });

    await expect(init(options('not/this'), terminal)).rejects.toMatchObject({ code: 'DECLINED' });
    expect(events).toEqual(['Create it?']);
    expect(secrets().made()).toEqual([]);
  });

  test('when a question is interrupted', async () => {
    const { terminal } = person();
    terminal.askHidden = async () => Promise.reject(new Interrupted());

    const outcome = init(options('not/that'), terminal);
    await expect(outcome).rejects.toMatchObject({ code: 'INTERRUPTED', exitCode: 130 });
    expect(secrets().made()).toEqual([]);
  });

  test('when what was typed passed the question and is unfit all the same', async () => {
    const { terminal } = person({ typed: { TWILIO_AUTH_TOKEN: 'unfit' } });

    await expect(init(options('not/fit'), terminal)).rejects.toMatchObject({
      code: 'KEY_UNUSABLE',
    });
    expect(secrets().made()).toEqual([]);
  });
});

test('asks nobody for the values of a secret that exists', async () => {
  const { terminal, events } = person();
  secrets().manager.createSecret({ name: 'is/there', secretString: '{}' });

  await expect(init(options('is/there'), terminal)).rejects.toMatchObject({
    code: 'SECRET_EXISTS',
  });
  expect(events).toEqual([]);
});

test.each([
  ['DB_PASSWORD', '', 'not empty'],
  ['DB_PASSWORD', ' pasted', 'white space'],
  ['DB_PASSWORD', 'pasted\t', 'white space'],
  ['DB_PASSWORD', 'two\nlines', 'control characters'],
  ['DB_PASSWORD', 'caf\uFFFD', 'UTF-8'],
  ['TWILIO_ACCOUNT_SID', sample.TWILIO_AUTH_TOKEN, '"AC" and 32 hexadecimal digits'],
  ['TWILIO_AUTH_TOKEN', sample.TWILIO_ACCOUNT_SID, '32 hexadecimal digits'],
  ['DB_PASSWORD', 'a b"c', 'nothing'],
  ['TWILIO_ACCOUNT_SID', sample.TWILIO_ACCOUNT_SID, 'nothing'],
  ['TWILIO_AUTH_TOKEN', sample.TWILIO_AUTH_TOKEN.toUpperCase(), 'nothing'],
])('says at once what is wrong with a %s of %j: %s', async (key, answer, problem) => {
  const { terminal, asked } = person({ says: true });
  await init(options(`says/${randomUUID()}`), terminal);

  const said = asked.find((question) => question.key === key)?.problemWith(answer);

  expect(said ?? 'nothing').toContain(problem);
});

const created = async (name: string, configure: Configure, more: object = {}) => {
  const { terminal, events } = person({ typed: { PASSWORD: 'p4ss-word', USER: 'me' } });
  await init(options(name, { yes: true, ...more }), terminal, { configure });
  return { events, stored: storedIn(name) };
};

const withDerived: Configure = () => [
  {
    secret: 'derived/*',
    keys: { PASSWORD: { rotator: 'rds-master-password', instance: 'one' } },
    derived: { URL: ({ PASSWORD }) => `postgres://me:${JSON.stringify(PASSWORD)}@db` },
  },
];

describe('goes by rotation.config.ts', () => {
  test('for the keys, their order, and the length of what is generated', async () => {
    const { events, stored } = await created('own/keys', () => [
      {
        secret: 'own/*',
        keys: {
          SIGNING: { rotator: 'random-key', length: 100, fallbacksKey: 'EARLIER' },
          PASSWORD: { rotator: 'postgres-password', host: 'db', userKey: 'USER' },
        },
      },
    ]);

    expect(events).toEqual(['USER', 'PASSWORD']);
    expect(stored).toEqual({
      SIGNING: expect.stringMatching(/^[A-Za-z][\w-]{99}$/),
      USER: 'me',
      PASSWORD: 'p4ss-word',
    });
  });

  test('for what is built from the others, unless it is left out', async () => {
    const built = await created('derived/url', withDerived);
    const without = await created('derived/none', withDerived, { without: ['URL'] });

    expect(built.stored).toEqual({ PASSWORD: 'p4ss-word', URL: 'postgres://me:"p4ss-word"@db' });
    expect(without.stored).toEqual({ PASSWORD: 'p4ss-word' });
  });

  test.each<[string, Configure]>([
    ['SECRET_NOT_CONFIGURED', () => [{ secret: 'another', keys: {} }]],
    ['CONFIG_INVALID', () => [{ secret: '', keys: {} }]],
    [
      'CONFIG_INVALID',
      () => [
        {
          secret: 'config/*',
          keys: { K: { rotator: 'random-key' } },
          derived: {
            URL: () => {
              throw new Error('It may quote a value.');
            },
          },
        },
      ],
    ],
  ])('and refuses with %s what cannot be used', async (code, configure) => {
    const outcome = await created('config/it', configure).catch((error: unknown) => error);

    expect(outcome).toBeInstanceOf(Failure);
    expect(outcome).toMatchObject({ code, message: expect.not.stringContaining('quote') });
    expect(secrets().made()).toEqual([]);
  });
});
