import { describe, expect, test } from 'vitest';
import { copyOfKeyturn } from './copy-of-keyturn.ts';
import { filesIn, useInitRig } from './init-rig.ts';
import { runKeyturn } from './run-keyturn.ts';

const { made, run, secrets } = useInitRig();

/** What is thrown, by the reading of the options or by what follows. */
const refusal = (work: () => ReturnType<typeof run>): Promise<unknown> =>
  work().then(
    ({ error }) => error,
    (thrown: unknown) => thrown,
  );

const withParameter = (...given: string[]) => ({ parameter: given });
const withRotate = (...given: string[]) => ({ rotate: given });

describe('wrong usage makes nothing, and is told without what an argument held:', () => {
  const mark = 'Zx9_secret-in-the-wrong-place';
  test.each<[string, object, string]>([
    ['no parameter', withParameter(mark), '--parameter takes Name=value'],
    [
      'an unknown one',
      withParameter(`Unknown=${mark}`),
      'Unknown is no parameter of template.yaml',
    ],
    ['one of another option', withParameter(`SecretName=${mark}`), 'say it there'],
    [
      'one that does not fit',
      withParameter(`DbInstance=${mark}`),
      'DbInstance must be the identifier',
    ],
    ['none of a few', withParameter(`Alarms=${mark}`), 'Alarms must be one of true, false'],
    ['no number', withParameter(`FunctionTimeout=${mark}`), 'a number from 240 to 900'],
    ['one given twice', withParameter('DbName=a', 'DbName=b'), 'DbName is given twice'],
    ['one that SAM would read otherwise', withParameter(`DbName="${mark}`), 'must not hold quotes'],
    ['two databases', withParameter('DbInstance=a', 'DbCluster=b'), 'give one of them'],
    ['no rotation', withRotate(mark), '--rotate takes KEY=rotator'],
    ['an unknown rotator', withRotate(`KEY=${mark}`), '--rotate KEY names no rotator'],
    ['no option', withRotate(`KEY=random-key,${mark}`), '--rotate KEY takes KEY=rotator'],
    ['a key that every object has', withRotate('__proto__=random-key'), 'of the name __proto__'],
    [
      'an option that every object has',
      withRotate('KEY=random-key,constructor=x'),
      'of the name constructor',
    ],
    ['a parameter that every object has', withParameter('constructor=x'), 'is no parameter of'],
    ['a key twice', withRotate('KEY=random-key', 'KEY=random-key'), 'is in two of --rotate'],
    [
      'a contradiction',
      { ...withRotate('K=rds-master-password,instance=a'), ...withParameter('DbInstance=b') },
      '--parameter DbInstance contradict',
    ],
    ['a name for a stack', { stackName: `${mark}!` }, '--stack-name must be'],
    ['values for files only', { filesOnly: true, generate: ['A'] }, '--files-only is for'],
  ])('%s', async (_what, given, message) => {
    const copy = await copyOfKeyturn();

    const error = await refusal(() => run(copy, { secret: 'wrong', ...given }));

    expect(error).toMatchObject({ code: 'USAGE', message: expect.stringContaining(message) });
    expect(String(error)).not.toContain(mark);
    expect([made(), await filesIn(copy)]).toEqual([0, []]);
  });
});

test.each(['postgres-alternatng', 'Postgres_alternating', 'postgre-alternating'])(
  'init %s is no name of a secret',
  async (name) => {
    const clientConfig = { ...secrets().clientConfig, endpoint: 'http://127.0.0.1:1' };
    const { exitCode, stderr } = await runKeyturn({ clientConfig }, 'init', name, '--yes');

    expect(exitCode).toBe(2);
    expect(stderr).toContain('(Did you mean init postgres-alternating?)');
  },
);
