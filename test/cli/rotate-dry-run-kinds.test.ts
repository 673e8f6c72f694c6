import { describe, expect, test } from 'vitest';
import { everyKey, strategies } from '../../src/local/strategies/list.ts';
import { whereMissing } from '../support/servers/where-missing.ts';
import { useRotateRig } from './rotate-rig.ts';
import { stateOf } from './systems-state.ts';

/** One key of each kind covers those that are left out. */
const covered = new Set(['random-key', 'twilio-auth-token', 'rds-master-password']);
const others = strategies.filter(({ name }) => !covered.has(name));

for (const strategy of [everyKey, ...others]) {
  const { name, keys, server } = strategy;
  const missing = server ? await whereMissing(server) : '';

  describe.skipIf(missing)(`a dry run of ${name}${missing}`, () => {
    const rig = useRotateRig({ strategy });

    test('tells that a rotation could begin, and changes nothing anywhere', async () => {
      const before = await stateOf(rig);

      const { exitCode, stdout } = await rig.rotate('--dry-run', '--json');

      expect(exitCode).toBe(0);
      const document: unknown = JSON.parse(stdout);
      expect(document).toMatchObject({ outcome: 'ready', ready: true, obstacles: [] });
      const checked = Object(document).keys.map(({ key, check }: Record<string, string>) => ({
        key,
        check,
      }));
      for (const key of keys) expect(checked).toContainEqual({ key, check: 'passed' });
      expect(rig.between.asked).toEqual(['DescribeSecret', 'invoke rehearse']);
      expect(await stateOf(rig)).toEqual(before);
    });
  });
}
