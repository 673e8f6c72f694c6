import { type Clock, systemClock } from './clock.ts';
import { CurrentSecret } from './current-secret.ts';
import { silent, telling } from './events.ts';
import { type FetchVersion, fetchFrom } from './fetch-version.ts';
import { assertOneOf } from './known-options.ts';
import { Logins } from './logins.ts';
import { OtherVersion } from './other-version.ts';
import { defaultLimits } from './refresh-policy.ts';
import { checked, type Schema } from './schema.ts';
import { SecretsError } from './secrets-error.ts';
import type { WithSchema } from './secrets.ts';
import { type Snapshot, snapshotOf, type Stage } from './snapshot.ts';
import type { Versions } from './versions.ts';

/** The outside world, where a test has one of its own. */
export interface Surroundings {
  readonly clock?: Clock;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where versions come from, if not from Secrets Manager. */
  readonly fetchVersion?: FetchVersion;
  readonly source?: Snapshot['source'];
}

/** Throws a SecretsError where it is not said which secret, or a limit makes no sense. */
export function buildVersions<Values extends object>(
  surroundings: Surroundings,
  options: WithSchema<Values>,
): Versions<Values> {
  const { clock = systemClock, env = process.env, source = 'aws' } = surroundings;
  const { schema } = options;
  const secretId = options.secretId ?? env['KEYTURN_SECRET_ID'] ?? '';
  if (secretId === '') throw noSecretId();
  assertOneOf('refresh', options.refresh, ['timer', 'on-access']);
  assertSchema(schema);
  const limits = {
    ttl: inMs('ttlMs', options.ttlMs ?? defaultLimits.ttl),
    staleFor: inMs('staleForMs', options.staleForMs ?? defaultLimits.staleFor),
  };
  const fetchVersion = surroundings.fetchVersion ?? fetchFrom({ ...options, secretId });
  const read = (stage: Stage) =>
    readVersion({ stage, fetchVersion, schema, clock, source, secretId });

  const tell = telling(options.on ?? {});
  const log = options.log === false ? silent : (options.log ?? console);
  const common = { clock, limits, tell, log };
  const previous = new OtherVersion({ ...common, read: () => read('AWSPREVIOUS') });
  const pending = new OtherVersion({ ...common, read: () => read('AWSPENDING') });
  const proven: Versions['proven'] = new Map();
  const current = new CurrentSecret<Values>({
    read: async () => (await read('AWSCURRENT')) ?? Promise.reject(noVersion(secretId)),
    ...common,
    byTimer: source === 'aws' && (options.refresh ?? usualRefresh(env)) === 'timer',
    rotated(before) {
      previous.assume(before);
      pending.assume(undefined);
      proven.clear();
    },
  });
  const [looked, logins] = [new Map<string, number>(), new Logins(clock)];
  return { secretId, current, previous, pending, clock, limits, looked, logins, proven };
}

interface Reading<Values extends object> {
  readonly stage: Stage;
  readonly secretId: string;
  readonly fetchVersion: FetchVersion;
  readonly schema: Schema<Values>;
  readonly clock: Clock;
  readonly source: Snapshot['source'];
}

async function readVersion<Values extends object>({
  stage,
  secretId,
  fetchVersion,
  schema,
  clock,
  source,
}: Reading<Values>): Promise<Snapshot<Values> | undefined> {
  const fetched = await fetchVersion(stage);
  if (fetched === undefined) return undefined;
  const what = source === 'env' ? 'The environment' : `The secret ${secretId} (${stage})`;
  const values = await checked(fetched.document, { schema, what });
  return snapshotOf({ ...fetched, stage, fetchedAt: clock.now(), source, values });
}

/** Nothing runs between two invocations of a Lambda function, timers included. */
const usualRefresh = (env: Surroundings['env'] = {}) =>
  env['AWS_LAMBDA_FUNCTION_NAME'] ? 'on-access' : 'timer';

function assertSchema(schema: object): void {
  if ('~standard' in schema) return;
  throw new TypeError(
    'The option schema must be a Standard Schema, such as one of zod, valibot or ArkType, or texts(…).',
  );
}

function inMs(name: string, ms: number): number {
  if (ms >= 0 && !Number.isNaN(ms)) return ms;
  throw new TypeError(`The option ${name} must be a time in milliseconds, and not negative.`);
}

const noSecretId = () =>
  new SecretsError(
    'SECRET_ID_MISSING',
    'Which secret is not said. Set KEYTURN_SECRET_ID to its name or ARN, or give the option secretId.',
  );

const noVersion = (secretId: string) =>
  new SecretsError('SECRET_REFUSED', `The secret ${secretId} has no current version.`);
