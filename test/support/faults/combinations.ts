import configure from '../../../rotation.config.ts';
import type { SecretConfiguration } from '../../../src/rotators/configuration.ts';
import { alternatingRoles } from './subjects/alternating-roles.ts';
import { mysqlAccount } from './subjects/mysql-account.ts';
import { postgresRole } from './subjects/postgres-role.ts';
import { dbInstance, rdsDatabase } from './subjects/rds-database.ts';
import type { Seeding } from './subjects/seeding.ts';
import type { Subject } from './subjects/subject.ts';
import { twilioKey } from './subjects/twilio-key.ts';
import { twilioToken } from './subjects/twilio-token.ts';

export const secretName = 'reminder-app/production';

/** What a world's secret holds, and how it is rotated. */
export interface Setting {
  readonly subjects: readonly Subject[];
  readonly entries: readonly SecretConfiguration[];
}

type Setter = (seeding: Seeding) => Promise<Setting>;

const signingKey = { SECRET_KEY: { rotator: 'random-key' } } as const;

/** A secret of which one key is rotated, and the others are carried over. */
const reminderApp =
  (chosen: (subjects: { database: Subject; token: Subject }) => SecretConfiguration['keys']) =>
  async (seeding: Seeding): Promise<Setting> => {
    const database = await rdsDatabase(seeding);
    const token = await twilioToken(seeding);
    const keys = chosen({ database, token });
    return { subjects: [database, token], entries: [{ secret: secretName, keys }] };
  };

/** A secret whose one system is the one that is tried. */
const only =
  (make: (seeding: Seeding) => Promise<Subject>) =>
  async (seeding: Seeding): Promise<Setting> => {
    const subject = await make(seeding);
    return { subjects: [subject], entries: [{ secret: secretName, keys: subject.keys }] };
  };

/** The configuration that the project ships. */
async function shipped(seeding: Seeding): Promise<Setting> {
  const { subjects } = await reminderApp(() => ({}))(seeding);
  const entries = configure({
    KEYTURN_SECRET: secretName,
    KEYTURN_DB_INSTANCE: dbInstance,
    KEYTURN_DB_TLS: 'off',
    KEYTURN_ROTATE_TWILIO: 'true',
  });
  return { subjects, entries };
}

async function apiKey(seeding: Seeding): Promise<Setting> {
  const token = await twilioToken(seeding);
  const key = await twilioKey(seeding, token);
  return { subjects: [token, key], entries: [{ secret: secretName, keys: key.keys }] };
}

/** Everything that can live beside its successor, in one secret. */
async function overlapping(seeding: Seeding): Promise<Setting> {
  const roles = await alternatingRoles(seeding);
  const token = await twilioToken(seeding);
  const key = await twilioKey(seeding, token);
  const keys = { ...signingKey, ...roles.keys, ...token.keys, ...key.keys };
  return { subjects: [roles, token, key], entries: [{ secret: secretName, keys }] };
}

/** Which rotators are configured together. */
const combinations = {
  'random-key': reminderApp(() => signingKey),
  'twilio-auth-token': reminderApp(({ token }) => token.keys),
  'rds-master-password': reminderApp(({ database }) => database.keys),
  all: shipped,
  'postgres-password': only((seeding) => postgresRole(seeding, 'itself')),
  'postgres-password-by-admin': only((seeding) => postgresRole(seeding, 'admin')),
  'postgres-alternating': only(alternatingRoles),
  'mysql-password': only((seeding) =>
    mysqlAccount(seeding, { server: 'MySQL', passwords: 'two', by: 'itself' }),
  ),
  'mysql-password-in-place': only((seeding) =>
    mysqlAccount(seeding, { server: 'MySQL', passwords: 'one', by: 'itself' }),
  ),
  'mariadb-password': only((seeding) =>
    mysqlAccount(seeding, { server: 'MariaDB', passwords: 'two', by: 'admin' }),
  ),
  'mariadb-password-in-place': only((seeding) =>
    mysqlAccount(seeding, { server: 'MariaDB', passwords: 'one', by: 'itself' }),
  ),
  'twilio-api-key': apiKey,
  overlapping,
} satisfies Record<string, Setter>;

export type Combination = keyof typeof combinations;

export const settingOf = (combination: Combination, seeding: Seeding): Promise<Setting> =>
  combinations[combination](seeding);

/** What is tried with every change; the last is the configuration that the project ships. */
const reminderAppCombinations: readonly Combination[] = [
  'random-key',
  'twilio-auth-token',
  'rds-master-password',
  'all',
];

/** Those that end at real database servers, which are sent statements, and at keys of a provider's. */
const serverCombinations: readonly Combination[] = [
  'twilio-api-key',
  'postgres-password',
  'postgres-password-by-admin',
  'postgres-alternating',
  'mariadb-password-in-place',
  'mariadb-password',
  'mysql-password-in-place',
  'mysql-password',
  'overlapping',
];

/** What a run of the matrix tries. */
export const combinationsOf = {
  'reminder-app': reminderAppCombinations,
  servers: serverCombinations,
} as const;

export type Scope = keyof typeof combinationsOf;

/** The combination of that name, if there is one. */
export const combinationNamed = (name = ''): Combination | undefined =>
  [...reminderAppCombinations, ...serverCombinations].find((each) => each === name);

const inPlace: ReadonlySet<Combination> = new Set([
  'rds-master-password',
  'all',
  'postgres-password',
  'postgres-password-by-admin',
  'mariadb-password-in-place',
  'mysql-password-in-place',
]);

/** Whether one of its systems holds one credential, and is switched. */
export const isSwitched = (combination: Combination): boolean => inPlace.has(combination);

/** Whether one of its systems holds two credentials for the time of a grace. */
export const hasGrace = (combination: Combination): boolean =>
  combination === 'all' || !(inPlace.has(combination) || combination === 'random-key');
