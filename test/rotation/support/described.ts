import { dual, ownKey, single, textAt } from './rotators.ts';
import type { WorldOptions } from './world.ts';

/** With a password that nobody can ask about, as of an RDS instance outside of the network. */
export const described: WorldOptions = {
  rotators: ({ timeline, api, db }) => [
    ownKey('SIGNING_KEY', timeline),
    dual('API_TOKEN', api, timeline),
    single('DB_PASSWORD', db, timeline, {
      administered: true,
      probe: async () => 'unknown',
      check: async () => undefined,
      switch: async ({ to }) => db.set(textAt(to, 'DB_PASSWORD')),
    }),
  ],
};
