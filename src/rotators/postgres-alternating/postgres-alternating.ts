import { connectionGrants, placeKeys } from '../database/connection-options.ts';
import { passwordOf } from '../database/identity.ts';
import { defineRotator } from '../kind.ts';
import { withLateVerbs, type Shape } from '../late-verbs.ts';
import { postgresEngine } from '../postgres/engine.ts';
import { options, type Options } from './options.ts';

/**
 * Two roles of a PostgreSQL that take turns: a rotation lets the idle one log in with a new password,
 * and the end of the grace shuts the other one out. Both act as one owner, so that an application
 * runs the same as either.
 */
export const postgresAlternating = defineRotator({
  name: 'postgres-alternating',
  options,
  grants: connectionGrants,
  system: ({ users, ...at }) =>
    users.map((user) => passwordOf({ title: 'PostgreSQL role', user }, at, postgresEngine.port)),
  bind: ({ key, options: chosen, systems }) =>
    withLateVerbs(shapeOf(key, chosen), async () =>
      (await import('./verbs.ts')).verbsOf(key, chosen, systems),
    ),
});

function shapeOf(key: string, chosen: Options): Shape {
  const { userKey, grace } = chosen;
  const places = placeKeys(chosen);
  return {
    kind: 'postgres-alternating',
    key,
    changes: [key, userKey],
    reads: places,
    optional: places,
    shown: [userKey, ...places],
    graceMs: grace,
    madeByProvider: false,
    switchBudgetMs: 0,
    administered: true,
  };
}
