import { describe, expect, test } from 'vitest';
import { environmentOf, type Inheritance } from '../../src/cli/exec/environment.ts';
import { variablesOf } from '../../src/cli/exec/variables.ts';
import type { Document } from '../../src/cli/secret-version.ts';

const inherit: Inheritance = { preserve: [], pristine: false };

interface Given extends Partial<Inheritance> {
  readonly parent?: NodeJS.ProcessEnv;
  readonly secret: Document;
  readonly previous?: Document;
  readonly only?: readonly string[];
}

const built = ({ parent = {}, secret, only, ...given }: Given) =>
  environmentOf({ ...inherit, ...given, parent, variables: variablesOf(secret, only) });

const value = 'Zq7-horse-staple_9vR';

describe('a variable', () => {
  test.each([
    ['a text as it is', 'with "quotes"\nand lines ', 'with "quotes"\nand lines '],
    ['an empty text', '', ''],
    ['a number', 5432, '5432'],
    ['a boolean', false, 'false'],
    ['a list as JSON', ['new', 'old'], '["new","old"]'],
    ['an object as JSON', { a: { b: 1 } }, '{"a":{"b":1}}'],
  ])('holds %s', (_what, stored, text) => {
    expect(built({ secret: { KEY: stored } })).toEqual({
      environment: { KEY: text },
      warnings: [],
    });
  });

  test.each([
    ['a name with a dash', 'db-password'],
    ['a name that begins with a digit', '1ST'],
    ['an empty name', ''],
    ['a name with an equals sign', 'A=B'],
    ['a name with a line break', 'A\nB'],
    ['a name that sets PATH', 'PATH'],
    ['a name of the loader', 'LD_PRELOAD'],
    ['another name of the loader', 'LD_AUDIT'],
    ['a name of the loader of macOS', 'DYLD_INSERT_LIBRARIES'],
    ['a name that Node obeys', 'NODE_OPTIONS'],
    ['a name that shells obey', 'BASH_ENV'],
    ['a name that Python obeys', 'PYTHONSTARTUP'],
    ['a name that Git obeys', 'GIT_SSH_COMMAND'],
    ['a name of settings of Git', 'GIT_CONFIG_COUNT'],
    ['a name that Gunicorn obeys', 'GUNICORN_CMD_ARGS'],
    ['a name that npm obeys', 'npm_config_script_shell'],
    ['a name that a version of Lua obeys', 'LUA_INIT_5_4'],
    ['a name of the C library', 'GLIBC_TUNABLES'],
  ])('is not made of %s, with a warning', (_what, key) => {
    const { environment, warnings } = built({ secret: { [key]: value }, parent: { HOME: '/' } });

    expect(environment).toEqual({ HOME: '/' });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`The key ${key.replace('\n', '\\n')} is left out`);
    expect(warnings[0]).not.toContain(value);
  });

  test('is not made of null', () => {
    const { environment, warnings } = built({ secret: { KEY: null } });

    expect(environment).toEqual({});
    expect(warnings).toEqual(['The key KEY is left out: it is null.']);
  });

  test.each([
    ['a NUL character', `${value}\0`],
    ['half of a surrogate pair', `${value}\uD800`],
  ])('cannot hold %s', (_what, stored) => {
    expect(() => built({ secret: { FINE: 'x', KEY: stored } })).toThrow(
      expect.objectContaining({
        code: 'NOT_A_VARIABLE',
        message: expect.not.stringContaining(value),
      }),
    );
    expect(() => built({ secret: { KEY: stored } })).toThrow(/the key KEY /);
  });

  test('may be called as what objects have', () => {
    const secret: unknown = JSON.parse('{"__proto__":"a","constructor":"b"}');

    const { environment } = built({ secret: Object(secret), parent: { toString: 'c' } });

    expect(Object.entries(environment)).toEqual([
      ['toString', 'c'],
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
  });
});

const parent = { KEY: 'parent', OTHER: 'parent', PATH: '/bin', LC_ALL: 'C', AWS_REGION: 'x' };
const secret = { KEY: 'secret', NEW: 'secret' };
const replaced = [expect.stringMatching(/^The variable KEY was set to something else/)];

const precedence = [
  ['the secret wins, with a warning', {}, { ...parent, ...secret }, replaced],
  ['nothing is said of the same value', { secret: { KEY: 'parent' } }, parent, []],
  ['an empty variable is one that is set', { parent: { KEY: '' } }, secret, replaced],
  ['--preserve-env keeps all', { preserve: 'all' }, { ...secret, ...parent }, []],
  ['--preserve-env=KEY keeps that', { preserve: ['KEY'] }, { ...secret, ...parent }, []],
  ['--preserve-env=OTHER does not', { preserve: ['OTHER'] }, { ...parent, ...secret }, replaced],
  [
    'what is preserved need not be there',
    { preserve: ['NEW'] },
    { ...parent, ...secret },
    replaced,
  ],
  ['--only leaves the others out', { only: ['NEW'] }, { ...parent, NEW: 'secret' }, []],
  [
    '--only leaves their warnings out',
    { secret: { ...secret, 'a-b': 'x' }, only: ['NEW'] },
    { ...parent, NEW: 'secret' },
    [],
  ],
  ['--pristine', { pristine: true }, { PATH: '/bin', LC_ALL: 'C', ...secret }, []],
  [
    '--pristine --preserve-env=AWS_REGION',
    { pristine: true, preserve: ['AWS_REGION'] },
    { PATH: '/bin', LC_ALL: 'C', AWS_REGION: 'x', ...secret },
    [],
  ],
  [
    '--pristine, over a variable that it passes on',
    { pristine: true, secret: { LC_ALL: 'de' } },
    { PATH: '/bin', LC_ALL: 'de' },
    [expect.stringMatching(/^The variable LC_ALL was set/)],
  ],
] as const;

describe('precedence', () => {
  test.each(precedence)('%s', (_what, given, environment, warnings) => {
    expect(built({ parent, secret, ...given })).toEqual({ environment, warnings });
  });

  test('--only a key that is not there names those that are', () => {
    expect(() => built({ secret, only: ['KEY', 'Zq7horse'] })).toThrow(
      expect.objectContaining({
        code: 'KEY_MISSING',
        message: 'The secret has no such key. Its keys are: KEY, NEW. Name one of them.',
      }),
    );
  });
});

const before = { KEY: 'before', NEW: 'before', GONE: 'before' };

const previous = [
  [
    'is added for each variable',
    {},
    { ...secret, KEY_PREVIOUS: 'before', NEW_PREVIOUS: 'before' },
    [],
  ],
  [
    'is not there for a key that is new',
    { previous: { KEY: 'x' } },
    { ...secret, KEY_PREVIOUS: 'x' },
    [],
  ],
  ['follows --only', { only: ['KEY'] }, { KEY: 'secret', KEY_PREVIOUS: 'before' }, []],
  [
    'is not added to a variable that was kept',
    { parent: { KEY: 'parent' }, preserve: ['KEY'] },
    { KEY: 'parent', NEW: 'secret', NEW_PREVIOUS: 'before' },
    [],
  ],
  [
    'replaces what is set, with a warning',
    { parent: { KEY_PREVIOUS: 'parent' }, only: ['KEY'] },
    { KEY: 'secret', KEY_PREVIOUS: 'before' },
    [expect.stringMatching(/^The variable KEY_PREVIOUS was set to something else/)],
  ],
  [
    'can be kept itself',
    { parent: { KEY_PREVIOUS: 'parent' }, only: ['KEY'], preserve: ['KEY_PREVIOUS'] },
    { KEY: 'secret', KEY_PREVIOUS: 'parent' },
    [],
  ],
  [
    'gives way to a key that is called so, with a warning',
    { secret: { KEY: 'secret', KEY_PREVIOUS: 'own' } },
    { KEY: 'secret', KEY_PREVIOUS: 'own' },
    [expect.stringMatching(/^The secret has a key KEY_PREVIOUS of its own/)],
  ],
] as const;

describe('NAME_PREVIOUS', () => {
  test.each(previous)('%s', (_what, given, environment, warnings) => {
    expect(built({ secret, previous: before, ...given })).toEqual({ environment, warnings });
  });
});
