import { describe, expect, test } from 'vitest';
import { ids, inspectionOf, unasked, useRepairRig, works } from './repair-rig.ts';

const { keyturn, told } = useRepairRig();

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
    told.look = () => besides(version, [rejected]);

    const { stdout } = await keyturn('--yes');

    expect(stdout).toMatch(new RegExp(`DB_PASSWORD +│ accepted +│ ${word} `));
  });

  test.each([
    ['ended', { labels: ['AWSPREVIOUS', 'KEYTURN_RETIRED'] }],
    ['not asked', {}],
    ['no value', { createdAt: undefined }],
    ['unusable', { problem: { code: 'KEY_MISSING', message: 'It lacks DB_PASSWORD.' } }],
  ])('a version of which no system was asked is told as %s', async (word, more) => {
    told.look = () => besides({ ...previous, ...more }, []);

    const { stdout } = await keyturn('--yes');

    expect(stdout).toMatch(new RegExp(`DB_PASSWORD +│ accepted +│ ${word} `));
  });

  test('nothing of a version that the table does not show', async () => {
    const problem = { code: 'KEY_UNUSABLE', message: 'It is unusable. Rotate again.' };
    const failed = { versionId: previous.versionId, verdict: 'failed', problem };
    told.look = () => besides({ ...previous, labels: ['KEYTURN_RETIRING'] }, [failed]);

    const { stdout } = await keyturn('--yes');

    expect(stdout).not.toContain('undefined');
    expect(stdout).not.toContain(problem.message);
  });

  test.each([
    ['is no usable JSON object', undefined],
    ['has no usable DB_PASSWORD', 'DB_PASSWORD'],
  ])('no order about AWSPREVIOUS that %s', async (what, lacked) => {
    const code = lacked ? 'KEY_MISSING' : 'SECRET_NOT_JSON_OBJECT';
    const problem = {
      code,
      key: lacked,
      message: 'It is wrong. Store it again, and rotate again.',
    };
    told.look = () => besides({ ...previous, problem }, []);

    const { exitCode, stdout } = await keyturn('--yes');

    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      `Nothing to do: AWSPREVIOUS ${what}, so keyturn rollback cannot go back to it. [${code}]`,
    );
    expect(stdout).not.toContain('rotate again');
  });

  test('what is wrong with AWSCURRENT, once', async () => {
    const problem = { code: 'KEY_MISSING', key: 'DB_PASSWORD', message: 'It lacks DB_PASSWORD.' };
    told.look = () => ({
      ...besides(previous, [rejected], { credentials: [], obstacle: problem }),
      versions: [{ ...current, problem }, previous],
      wayOut: unasked,
    });

    const { stdout } = await keyturn('--dry-run');

    expect(stdout.match(/It lacks DB_PASSWORD\./g)).toHaveLength(1);
    expect(stdout).toContain('AWSCURRENT: It lacks DB_PASSWORD. [KEY_MISSING]');
  });

  test('that rotation is switched off, and how it is switched on', async () => {
    told.look = () => ({ ...sound, rotationEnabled: false });

    const { exitCode, stdout } = await keyturn('--yes');

    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      'All is well.\nRotation is switched off: keyturn rotate shop/production switches it on again.\n',
    );
  });
});
