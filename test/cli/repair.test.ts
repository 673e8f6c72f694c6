import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { realClock } from '../../src/local/clock.ts';
import { createAwsEndpoint } from '../../src/local/aws-endpoint.ts';
import { serveHttp, type HttpServer } from '../../src/local/http-server.ts';
import { createLambda } from '../../src/local/lambda/create-lambda.ts';
import { createSecretsManager } from '../../src/local/secrets-manager/secrets-manager.ts';
import { RotationError } from '../../src/rotation/errors.ts';
import { runKeyturn } from './run-keyturn.ts';

const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:keyturn-rotate';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

interface Event {
  readonly Operation: string;
}

const ids = { current: 'c'.repeat(32), pending: 'b'.repeat(32) };

const inspectionOf = (wayOut: object) => ({
  secret: 'arn',
  name: 'shop/production',
  at: '2026-06-01T12:00:00.000Z',
  rotationEnabled: true,
  versions: [
    { versionId: ids.current, labels: ['AWSCURRENT'], createdAt: '2026-06-01T11:00:00.000Z' },
    { versionId: ids.pending, labels: ['AWSPENDING'], createdAt: '2026-06-01T11:30:00.000Z' },
  ],
  keys: [
    {
      key: 'DB_PASSWORD',
      rotator: 'rds-master-password',
      changes: ['DB_PASSWORD'],
      credentials: [
        { versionId: ids.current, verdict: 'rejected' },
        {
          versionId: ids.pending,
          verdict: 'failed',
          problem: { code: 'UNREACHABLE', key: 'DB_PASSWORD', message: 'No answer came.' },
        },
      ],
    },
  ],
  wayOut,
});

const works = { way: 'none', keys: [], finding: 'All is well.', reasons: [] };
const stuck = {
  way: 'take-back',
  keys: ['DB_PASSWORD'],
  version: ids.pending,
  finding: 'A rotation stuck.',
  action: 'It is taken back.',
  reasons: [],
};
const drifted = { ...stuck, way: 'reset', version: undefined, finding: 'It drifted.' };
const lost = { ...drifted, way: 'supply', finding: 'It is lost.', action: 'Supply what works.' };
const unasked = { ...drifted, way: 'mend-first', finding: 'It is silent.', action: 'Mend it.' };

const inspected = (...ways: readonly object[]) => {
  const left = [...ways];
  return () => {
    const way = left.length > 1 ? left.shift() : left[0];
    return inspectionOf(way ?? works);
  };
};

let look: () => object = inspected(works);
let act: () => object = () => ({ done: {}, inspection: look() });
const events: Event[] = [];
const sent = v.looseObject({ Operation: v.string() });

async function answer(event: unknown): Promise<object> {
  const parsed = v.parse(sent, event);
  events.push(parsed);
  return parsed.Operation === 'repair' ? act() : look();
}

let server: HttpServer;
const close: (() => unknown)[] = [];
let arn = '';

beforeAll(async () => {
  const functions = new Map([[functionArn, answer]]);
  const manager = createSecretsManager({ clock: realClock, functions });
  const lambda = createLambda({ clock: realClock, functions });
  server = await serveHttp(createAwsEndpoint([manager.service, lambda.service]));
  ({ arn } = manager.createSecret({ name: 'shop/production', secretString: '{"A":"b"}' }));
  manager.beginRotation(arn, { token: 'a'.repeat(32), functionArn });
  close.push(
    () => server.close(),
    () => manager.close(),
    () => lambda.close(),
  );
});
afterAll(async () => {
  for (const each of close) await each();
});

beforeEach(() => {
  events.length = 0;
  act = () => ({ done: {}, inspection: look() });
});

const keyturn = (...args: string[]) => {
  const clientConfig = { endpoint: server.url, region: 'us-east-1', credentials };
  return runKeyturn({ clientConfig }, 'repair', 'shop/production', ...args);
};

const asked = () => events.map(({ Operation }) => Operation);

describe('exit code 0', () => {
  test('where nothing is wrong: a table on stdout, and nothing is done', async () => {
    look = inspected(works);

    const { exitCode, stdout } = await keyturn('--yes');

    expect(exitCode).toBe(0);
    expect(asked()).toEqual(['inspect']);
    expect(stdout).toMatch(/AWSCURRENT +│ AWSPENDING/);
    expect(stdout).toMatch(/DB_PASSWORD +│ REJECTED +│ cannot be asked/);
    expect(stdout).toContain('DB_PASSWORD, AWSPENDING: No answer came. [UNREACHABLE]');
    expect(stdout).toContain('shop/production: All is well.');
  });

  test('where all that was proposed was done, one after the other', async () => {
    look = inspected(drifted, stuck, works);

    const { exitCode, stdout, stderr } = await keyturn('--yes', '--json');

    expect(exitCode).toBe(0);
    expect(events).toEqual([
      { Operation: 'inspect', SecretId: arn },
      { Operation: 'repair', SecretId: arn, Way: 'reset', Keys: ['DB_PASSWORD'] },
      {
        Operation: 'repair',
        SecretId: arn,
        Way: 'take-back',
        Keys: ['DB_PASSWORD'],
        Version: ids.pending,
      },
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      secret: 'shop/production',
      outcome: 'works',
      done: [
        { way: 'reset', keys: ['DB_PASSWORD'] },
        { way: 'take-back', keys: ['DB_PASSWORD'] },
      ],
      inspection: { wayOut: { way: 'none' } },
    });
    expect(stderr).toContain('It drifted.');
    expect(stderr).toContain(
      'Done: the password was set to the one under AWSCURRENT: DB_PASSWORD.',
    );
    expect(stderr).toContain(
      'Done: the rotation that stuck was taken back, and AWSPENDING taken off: DB_PASSWORD.',
    );
  });

  test('where it stood otherwise by the time it was confirmed, and then was repaired', async () => {
    look = inspected(drifted, stuck, works);
    let first = true;
    act = () => {
      if (!first) return { done: {}, inspection: look() };
      first = false;
      throw new RotationError('REPAIR_OUTDATED', 'It stands otherwise by now.');
    };

    const { exitCode, stderr } = await keyturn('--yes');

    expect(exitCode).toBe(0);
    expect(asked()).toEqual(['inspect', 'repair', 'inspect', 'repair']);
    expect(stderr).toContain('It stands otherwise by now.');
  });
});

describe('exit code 1', () => {
  test.each([
    ['a system must be mended first', unasked, 'It is silent. Mend it. [NOT_REPAIRED]'],
    ['a person must supply what works', lost, 'It is lost. Supply what works. [NOT_REPAIRED]'],
  ])('where %s, with nothing done', async (_where, wayOut, message) => {
    look = inspected(wayOut);

    const { exitCode, stdout, stderr } = await keyturn('--yes');

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(message);
    expect(asked()).toEqual(['inspect']);
  });

  test('with --dry-run where something can be done, and nothing is', async () => {
    look = inspected(stuck);

    const { exitCode, stdout, stderr } = await keyturn('--dry-run', '--json');

    expect(exitCode).toBe(1);
    expect(asked()).toEqual(['inspect']);
    expect(stderr).not.toContain('A rotation stuck.');
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'failed',
      code: 'REPAIR_PROPOSED',
      secret: 'shop/production',
      done: [],
      inspection: { wayOut: { way: 'take-back' } },
    });
  });

  test.each([
    ['what can be done', stuck, 'A rotation stuck.\nTo do (take-back): It is taken back.'],
    ['what a person has to do', unasked, 'It is silent.\nMend it.'],
  ])('with --dry-run: table and proposal on stdout, %s', async (_what, wayOut, proposal) => {
    look = inspected(wayOut);

    const { exitCode, stdout, stderr } = await keyturn('--dry-run');

    expect(exitCode).toBe(1);
    expect(asked()).toEqual(['inspect']);
    expect(stdout).toMatch(/DB_PASSWORD +│ REJECTED +│ cannot be asked/);
    expect(stdout).toContain(proposal);
    expect(stderr).not.toContain('│');
  });

  test('where the same is proposed again and again', async () => {
    look = inspected(stuck);

    const { exitCode, stderr } = await keyturn('--yes');

    expect(exitCode).toBe(1);
    expect(asked().length).toBeLessThan(12);
    expect(stderr).toContain('What was done led to nothing. [NOT_REPAIRED]');
  });

  test('where the function fails, with its code and advice', async () => {
    look = inspected(stuck);
    act = () => {
      throw new RotationError('DATABASE_BUSY', 'It is busy.');
    };

    const { exitCode, stderr } = await keyturn('--yes');

    expect(exitCode).toBe(1);
    expect(stderr).toContain('It is busy. Nothing repeats that by itself');
    expect(stderr).toContain('[DATABASE_BUSY]');
  });

  test('where the function is from before there was a repair', async () => {
    look = () => ({ ...inspectionOf(works), wayOut: undefined });

    const { exitCode, stderr } = await keyturn('--yes');

    expect(exitCode).toBe(1);
    expect(stderr).toContain('Deploy the version of Keyturn that belongs to this command');
  });
});

describe('the table, and what is said below it', () => {
  const sound = inspectionOf(works);
  const [current] = sound.versions;
  const [key] = sound.keys;
  const previous = { versionId: 'd'.repeat(32), labels: ['AWSPREVIOUS'], createdAt: sound.at };
  const rejected = { versionId: previous.versionId, verdict: 'rejected' };

  /** Beside AWSCURRENT, which is accepted. */
  const besides = (version: object, others: readonly object[], more: object = {}) => ({
    ...sound,
    versions: [current, version],
    keys: [
      {
        ...key,
        credentials: [{ versionId: ids.current, verdict: 'accepted' }, ...others],
        ...more,
      },
    ],
  });

  test.each([
    ['rejected', previous],
    ['ended', { ...previous, labels: ['AWSPREVIOUS', 'KEYTURN_RETIRED'] }],
  ])('a rejection that is no trouble is told as %s', async (word, version) => {
    look = () => besides(version, [rejected]);

    const { stdout } = await keyturn('--yes');

    expect(stdout).toMatch(new RegExp(`DB_PASSWORD +│ accepted +│ ${word} `));
  });

  test('nothing of a version that the table does not show', async () => {
    const problem = { code: 'KEY_UNUSABLE', message: 'It is unusable. Rotate again.' };
    const failed = { versionId: previous.versionId, verdict: 'failed', problem };
    look = () => besides({ ...previous, labels: ['KEYTURN_RETIRING'] }, [failed]);

    const { stdout } = await keyturn('--yes');

    expect(stdout).not.toContain('undefined');
    expect(stdout).not.toContain(problem.message);
  });

  test.each([
    ['is no usable object', undefined],
    ['has no usable DB_PASSWORD', 'DB_PASSWORD'],
  ])('no order about AWSPREVIOUS that %s', async (what, lacked) => {
    const code = lacked ? 'KEY_MISSING' : 'SECRET_NOT_JSON_OBJECT';
    const problem = {
      code,
      key: lacked,
      message: 'It is wrong. Store it again, and rotate again.',
    };
    look = () => besides({ ...previous, problem }, []);

    const { exitCode, stdout } = await keyturn('--yes');

    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      `AWSPREVIOUS (dddddddd) ${what}: keyturn rollback cannot go back to it. Nothing to do.`,
    );
    expect(stdout).not.toContain('rotate again');
  });

  test('what is wrong with AWSCURRENT, once', async () => {
    const problem = { code: 'KEY_MISSING', key: 'DB_PASSWORD', message: 'It lacks DB_PASSWORD.' };
    look = () => ({
      ...besides(previous, [rejected], { credentials: [], obstacle: problem }),
      versions: [{ ...current, problem }, previous],
      wayOut: unasked,
    });

    const { stdout } = await keyturn('--dry-run');

    expect(stdout.match(/It lacks DB_PASSWORD\./g)).toHaveLength(1);
    expect(stdout).toContain('AWSCURRENT: It lacks DB_PASSWORD. [KEY_MISSING]');
  });

  test('that rotation is switched off, and how it is switched on', async () => {
    look = () => ({ ...sound, rotationEnabled: false });

    const { exitCode, stdout } = await keyturn('--yes');

    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      'All is well.\nRotation is switched off: keyturn rotate shop/production switches it on again.\n',
    );
  });
});

test('without a terminal, --yes and --dry-run nothing is asked of anybody', async () => {
  const { exitCode, stderr } = await keyturn();

  expect(exitCode).toBe(2);
  expect(stderr).toContain('There is no terminal to ask on. Add --yes');
  expect(events).toEqual([]);
});

test('shows in its help what it is for, and how it is called', async () => {
  const { exitCode, stdout } = await keyturn('--help');

  expect(exitCode).toBe(0);
  expect(stdout).toContain('keyturn repair reminder-app/production --dry-run');
});
