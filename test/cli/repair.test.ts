import { describe, expect, test } from 'vitest';
import { RotationError } from '../../src/rotation/errors.ts';
import {
  drifted,
  ids,
  inspectionOf,
  lost,
  stuck,
  unasked,
  useRepairRig,
  works,
} from './repair-rig.ts';

const { arn, asked, events, keyturn, told } = useRepairRig();

/** Finds these ways out one after the other, and the last one from then on. */
const inspected = (...ways: readonly object[]) => {
  const left = [...ways];
  return () => {
    const way = left.length > 1 ? left.shift() : left[0];
    return inspectionOf(way ?? works);
  };
};

describe('exit code 0', () => {
  test('where nothing is wrong: a table on stdout, and nothing is done', async () => {
    told.look = inspected(works);

    const { exitCode, stdout } = await keyturn('--yes');

    expect(exitCode).toBe(0);
    expect(asked()).toEqual(['inspect']);
    expect(stdout).toMatch(/AWSCURRENT +│ AWSPENDING/);
    expect(stdout).toMatch(/DB_PASSWORD +│ REJECTED +│ cannot be asked/);
    expect(stdout).toContain('DB_PASSWORD, AWSPENDING: No answer came. [UNREACHABLE]');
    expect(stdout).toContain('shop/production: All is well.');
  });

  test('where all that was proposed was done, one after the other', async () => {
    told.look = inspected(drifted, stuck, works);

    const { exitCode, stdout, stderr } = await keyturn('--yes', '--json');

    expect(exitCode).toBe(0);
    expect(events).toEqual([
      { Operation: 'inspect', SecretId: arn() },
      { Operation: 'repair', SecretId: arn(), Way: 'reset', Keys: ['DB_PASSWORD'] },
      {
        Operation: 'repair',
        SecretId: arn(),
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
    told.look = inspected(drifted, stuck, works);
    let first = true;
    told.act = () => {
      if (!first) return { done: {}, inspection: told.look() };
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
    told.look = inspected(wayOut);

    const { exitCode, stdout, stderr } = await keyturn('--yes');

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(message);
    expect(asked()).toEqual(['inspect']);
  });

  test('with --dry-run where something can be done, and nothing is', async () => {
    told.look = inspected(stuck);

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
    told.look = inspected(wayOut);

    const { exitCode, stdout, stderr } = await keyturn('--dry-run');

    expect(exitCode).toBe(1);
    expect(asked()).toEqual(['inspect']);
    expect(stdout).toMatch(/DB_PASSWORD +│ REJECTED +│ cannot be asked/);
    expect(stdout).toContain(proposal);
    expect(stderr).not.toContain('│');
  });

  test('where the same is proposed again and again', async () => {
    told.look = inspected(stuck);

    const { exitCode, stderr } = await keyturn('--yes');

    expect(exitCode).toBe(1);
    expect(asked().length).toBeLessThan(12);
    expect(stderr).toContain('What was done led to nothing. [NOT_REPAIRED]');
  });

  test('where the function fails, with its code and advice', async () => {
    told.look = inspected(stuck);
    told.act = () => {
      throw new RotationError('DATABASE_BUSY', 'It is busy.');
    };

    const { exitCode, stderr } = await keyturn('--yes');

    expect(exitCode).toBe(1);
    expect(stderr).toContain('It is busy. Nothing repeats that by itself');
    expect(stderr).toContain('[DATABASE_BUSY]');
  });

  test('where the function is from before there was a repair', async () => {
    told.look = () => ({ ...inspectionOf(works), wayOut: undefined });

    const { exitCode, stderr } = await keyturn('--yes');

    expect(exitCode).toBe(1);
    expect(stderr).toContain('Deploy the version of Keyturn that belongs to this command');
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
