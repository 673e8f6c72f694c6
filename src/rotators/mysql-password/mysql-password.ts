import { connectionGrants, placeKeys } from '../database/connection-options.ts';
import { passwordOf } from '../database/identity.ts';
import { defineRotator } from '../kind.ts';
import { withLateVerbs, type Shape } from '../late-verbs.ts';
import { mysqlEngine } from '../mysql/engine.ts';
import { options, switchBudgetMs, type Options } from './options.ts';

/**
 * The password of one user of MySQL 8.0.14 or MariaDB 10.4, and later ones. With two passwords the new
 * one is accepted beside the old; with one it is switched at the commit.
 */
export const mysqlPassword = defineRotator({
  name: 'mysql-password',
  options,
  grants: connectionGrants,
  system: ({ user, userKey, ...at }) => [
    passwordOf({ title: 'MySQL user', user, userKey }, at, mysqlEngine.port),
  ],
  bind: ({ key, options: chosen, systems }) =>
    withLateVerbs(shapeOf(key, chosen), async () =>
      (await import('./verbs.ts')).verbsOf(key, chosen, systems),
    ),
});

function shapeOf(key: string, chosen: Options): Shape {
  const { passwords, grace, hostKey, userKey } = chosen;
  const place = placeKeys(chosen);
  const reads = userKey === undefined ? place : [userKey, ...place];
  return {
    kind: 'mysql-password',
    key,
    changes: [key],
    reads,
    optional: place.filter((each) => each !== hostKey),
    shown: reads,
    graceMs: passwords === 'two' ? grace : 0,
    madeByProvider: false,
    switchBudgetMs: passwords === 'two' ? 0 : switchBudgetMs,
  };
}
