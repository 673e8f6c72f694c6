import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/handlers/system-clock.ts';
import type { Call, Rotator } from '../../src/rotation/rotator.ts';
import { readConfiguration, type KeyConfiguration } from '../../src/rotators/configuration.ts';
import { rotatorKinds } from '../../src/rotators/list.ts';
import { randomText } from '../../src/rotators/random-text.ts';
import { printed } from '../rotation/leaks/printed.ts';
import { listeningCall, verbs } from '../rotation/support/careless-rotator.ts';
import { failureOf } from '../rotation/support/world.ts';
import { leaksIn } from '../stack/leaks.ts';

type Kind = (typeof rotatorKinds)[number]['name'];

/** One key of every kind that there is. */
const keys: Record<Kind, KeyConfiguration> = {
  'mysql-password': { rotator: 'mysql-password', host: 'localhost', user: 'app' },
  'postgres-alternating': {
    rotator: 'postgres-alternating',
    host: 'localhost',
    adminSecret: 'admin',
    users: ['app_a', 'app_b'],
  },
  'postgres-password': { rotator: 'postgres-password', host: 'localhost', user: 'app' },
  'random-key': { rotator: 'random-key' },
  'rds-master-password': { rotator: 'rds-master-password', instance: 'reminders' },
  'twilio-auth-token': { rotator: 'twilio-auth-token' },
  'twilio-api-key': { rotator: 'twilio-api-key' },
};

const value = `p@ss ${randomText(20)}`;
const tokenOfProvider = randomText(40);

/** Every system throws what it was sent and what it knows. */
const careless = async (request: unknown): Promise<never> => {
  throw Object.assign(new Error(`${value}, ${tokenOfProvider}`), { request, value });
};

const rotators = readConfiguration([{ secret: 'shop', keys }], {
  clock: systemClock,
  openRds: careless,
  openTwilioAccount: careless,
  openTwilioKeys: careless,
  postgres: { logIn: careless, open: careless },
  mysql: { logIn: careless, open: careless },
  readSecret: careless,
}).planFor('shop').rotators;

const of = (kind: Kind) => rotators.find((rotator) => rotator.kind === kind) ?? never(kind);

const credential = ({ changes, reads }: Rotator) => ({
  ...Object.fromEntries([...changes, ...reads].map((name) => [name, value])),
  TWILIO_ACCOUNT_SID: 'AC0123456789abcdef0123456789abcdef',
  TWILIO_API_KEY_SID: 'SK0123456789abcdef0123456789abcdef',
  SECRET_KEY_FALLBACKS: [value],
});

describe.each(rotatorKinds.map(({ name }) => name))('every verb of %s is guarded', (kind) => {
  const rotator = of(kind);
  const held = credential(rotator);
  const own = verbs.filter(({ verb }) => verb !== 'switch' || 'switch' in rotator);
  const run = ({ run: verb }: (typeof verbs)[number], call: Call) =>
    verb(rotator, call, { current: held, next: { ...held }, superseded: { ...held } });

  test.each(own)('$verb: the guard refuses it once time is up', async (verb) => {
    const { call } = listeningCall(AbortSignal.abort());
    expect(await failureOf(run(verb, call))).toMatchObject({ code: 'NOT_ENOUGH_TIME', key: kind });
  });

  test.each(own)('$verb: whatever a system throws shows no value', async (verb) => {
    const error = await run(verb, listeningCall().call).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    for (const text of Object.values(printed(error))) {
      expect(leaksIn(text, [value, tokenOfProvider])).toEqual([]);
    }
  });
});

test('systems were reached, so that they could have leaked', async () => {
  const { call } = listeningCall();
  for (const kind of ['rds-master-password', 'twilio-auth-token', 'twilio-api-key'] as const) {
    const rotator = of(kind);
    const error = await failureOf(rotator.check({ ...call, current: credential(rotator) }));
    expect(error).toMatchObject({ code: 'UNEXPECTED', key: kind, cause: { name: 'Error' } });
  }
});

function never(kind: string): never {
  throw new Error(`There is no rotator ${kind}`);
}
