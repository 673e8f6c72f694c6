import type { Rotator } from '../../rotation/rotator.ts';
import { connectionGrants, placeKeys } from '../database/connection-options.ts';
import { defineRotator, type Systems } from '../kind.ts';
import { randomPassword } from '../random-password.ts';
import { accessTo } from './access.ts';
import { inspect } from './inspect.ts';
import { onePassword } from './one-password.ts';
import { options, type Options } from './options.ts';
import { assertSuitable, twoWouldDo } from './suitability.ts';
import { twoPasswords } from './two-passwords.ts';

/**
 * The password of one user of MySQL 8.0.14 or MariaDB 10.4, and later ones. With two passwords the new
 * one is accepted beside the old; with one it is switched at the commit.
 */
export const mysqlPassword = defineRotator({
  name: 'mysql-password',
  options,
  grants: connectionGrants,
  system: (chosen) => `the password of ${named(chosen.user, chosen.userKey)} at ${placeOf(chosen)}`,
  bind: ({ key, options: chosen, systems }) => rotator(key, chosen, systems),
});

function rotator(key: string, chosen: Options, systems: Systems): Rotator {
  const { passwords, length, grace, hostKey, userKey } = chosen;
  const access = accessTo(key, chosen, systems);
  const keys = [...(userKey === undefined ? [] : [userKey]), ...placeKeys(chosen)];

  const check: Rotator['check'] = async (call) => {
    const facts = await inspect(access, call, call.current);
    assertSuitable(facts, { user: access.userOf(call.current), passwords });
    if (passwords === 'one' && twoWouldDo(facts)) {
      call.log.warn("Two passwords at once would do here, without a gap: set passwords to 'two'.");
    }
  };

  return {
    kind: 'mysql-password',
    key,
    changes: [key],
    reads: keys,
    optional: placeKeys(chosen).filter((each) => each !== hostKey),
    shown: keys,
    madeByProvider: false,
    probe: (call) => access.probe(call, call.credential),
    check,
    create: async () => ({ [key]: randomPassword(length) }),
    ...(passwords === 'two'
      ? { graceMs: grace, switchBudgetMs: 0, ...twoPasswords(key, access) }
      : { graceMs: 0, ...onePassword(access, check) }),
  };
}

const named = (name: string | undefined, nameKey: string | undefined) =>
  name ?? `the user under ${nameKey}`;

const placeOf = ({ instance, cluster, host, hostKey, port, portKey }: Options) =>
  instance ??
  cluster ??
  `${host ?? `the host under ${hostKey}`}:${port ?? (portKey ? `the port under ${portKey}` : 'its port')}`;
