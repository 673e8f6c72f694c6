import { connectionGrants, placeKeys } from '../database/connection-options.ts';
import { passwordOf } from '../database/identity.ts';
import { defineRotator } from '../kind.ts';
import { withLateVerbs, type Shape } from '../late-verbs.ts';
import { postgresEngine } from '../postgres/engine.ts';
import { options, switchBudgetMs, type Options } from './options.ts';

/**
 * The password of one PostgreSQL role, changed in place: by the role itself, or by an administrator.
 * A role holds one password, so it is switched at the commit; from the COMMIT of the change to the
 * label move the published password does not work.
 */
export const postgresPassword = defineRotator({
  name: 'postgres-password',
  options,
  grants: connectionGrants,
  system: ({ user, userKey, ...at }) => [
    passwordOf({ title: 'PostgreSQL role', user, userKey }, at, postgresEngine.port),
  ],
  bind: ({ key, options: chosen, systems }) =>
    withLateVerbs(shapeOf(key, chosen), async () =>
      (await import('./verbs.ts')).verbsOf(key, chosen, systems),
    ),
});

function shapeOf(key: string, chosen: Options): Shape {
  const place = placeKeys(chosen);
  const reads = chosen.userKey === undefined ? place : [chosen.userKey, ...place];
  return {
    kind: 'postgres-password',
    key,
    changes: [key],
    reads,
    optional: place,
    shown: reads,
    graceMs: 0,
    madeByProvider: false,
    switchBudgetMs,
    administered: chosen.adminSecret !== undefined,
  };
}
