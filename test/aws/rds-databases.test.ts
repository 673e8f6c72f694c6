import { RDSClient } from '@aws-sdk/client-rds';
import { describe, expect, onTestFinished, test } from 'vitest';
import { rdsDatabases } from '../../src/aws/rds-databases.ts';
import { createAwsEndpoint } from '../../src/local/aws-endpoint.ts';
import { DrivenClock } from '../../src/local/driven-clock.ts';
import { createRds } from '../../src/local/rds/create-rds.ts';
import type { DatabaseSeed } from '../../src/local/rds/database.ts';
import type { ErrorCode } from '../../src/rotation/errors.ts';
import type { RdsTarget } from '../../src/rotators/rds-master-password/rds.ts';
import { clientConfig, refusingXml, serving } from './answering.ts';
import { answerOf, expectAws } from './expect-aws.ts';

const { signal } = new AbortController();
const targets: readonly RdsTarget[] = [
  { kind: 'instance', identifier: 'reminders' },
  { kind: 'cluster', identifier: 'reminders' },
];

function clientOf(endpoint: string): RDSClient {
  const client = new RDSClient({ ...clientConfig, endpoint });
  onTestFinished(() => client.destroy());
  return client;
}

/** The stand-in with one database of the kind. */
async function start({ kind }: RdsTarget, more: Partial<DatabaseSeed> = {}) {
  const clock = new DrivenClock();
  const rds = createRds({ clock });
  onTestFinished(() => rds.close());
  const applied: string[] = [];
  const seed = {
    identifier: 'reminders',
    engine: kind === 'instance' ? 'postgres' : 'aurora-postgresql',
    masterUsername: 'master',
    endpoint: { address: 'db.local', port: 5432 },
    applyMasterPassword: async (password: string) => void applied.push(password),
    ...more,
  };
  const database = kind === 'instance' ? rds.addInstance(seed) : rds.addCluster(seed);
  const client = clientOf(await serving(createAwsEndpoint([rds.service])));
  return { clock, rds, applied, database, open: rdsDatabases(async () => client) };
}

describe.each(targets)('the $kind', (target) => {
  test('is described as RDS knows it', async () => {
    const { open } = await start(target);

    expect(await (await open(target)).describe(signal)).toEqual({
      status: 'available',
      engine: target.kind === 'instance' ? 'postgres' : 'aurora-postgresql',
      masterUsername: 'master',
      endpoint: { address: 'db.local', port: 5432 },
      managedByRds: false,
      memberOf: undefined,
      passwordPending: false,
      otherPending: [],
    });
  });

  test('has no endpoint while it is made', async () => {
    const { open, database } = await start(target);
    database.endpoint = undefined;

    expect((await (await open(target)).describe(signal)).endpoint).toBeUndefined();
  });

  test('tells of a password in a secret of RDS’s, and of other changes that wait', async () => {
    const secretArn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:rds';
    const { open } = await start(target, {
      masterUserSecret: { secretArn },
      pendingChanges: { EngineVersion: '17.1' },
    });

    expect(await (await open(target)).describe(signal)).toMatchObject({
      managedByRds: true,
      passwordPending: false,
      otherPending: ['EngineVersion'],
    });
  });

  test('is given a password, which is pending until RDS has put it in force', async () => {
    const { open, clock, rds, applied } = await start(target);
    const database = await open(target);

    await database.setMasterPassword('the-next-password', signal);
    const { passwordPending, otherPending } = await database.describe(signal);
    expect({ passwordPending, otherPending }).toEqual({ passwordPending: true, otherPending: [] });
    expect(applied).toEqual([]);
    await clock.drive(rds.idle());

    expect(applied).toEqual(['the-next-password']);
    expect((await database.describe(signal)).passwordPending).toBe(false);
  });

  test('takes a change at once only where RDS looks at that wish: on a cluster', async () => {
    const { open, rds } = await start(target);
    await (await open(target)).setMasterPassword('the-next-password', signal);

    expect(rds.calls.at(-1)?.applyImmediately).toBe(target.kind === 'cluster');
  });

  test('is busy while RDS changes it', async () => {
    const { open, database } = await start(target);
    database.status = 'backing-up';
    const set = (await open(target)).setMasterPassword('the-next-password', signal);

    expect(expectAws(await answerOf(set)).code).toBe('INSTANCE_BUSY');
  });

  test.each(['short', 'with a space in it', 'with/a/slash', 'x'.repeat(200)])(
    'refuses the password %j, and it is not quoted',
    async (password) => {
      const { open } = await start(target);
      const set = (await open(target)).setMasterPassword(password, signal);

      const error = expectAws(await answerOf(set), 'PROVIDER_REFUSED');
      expect(error.message).not.toContain(password);
    },
  );

  test('is not found where there is none, and the message names what was looked for', async () => {
    const { open } = await start(target);
    const gone = await open({ ...target, identifier: 'nothing' });

    for (const call of [gone.describe(signal), gone.setMasterPassword('x'.repeat(20), signal)]) {
      const error = expectAws(await answerOf(call), 'INSTANCE_NOT_FOUND');

      expect(error.message).toContain(`the ${target.kind} nothing`);
    }
  });

  test('is not found when RDS answers with an empty list', async () => {
    const [list, action] =
      target.kind === 'instance'
        ? ['DBInstances', 'DescribeDBInstances']
        : ['DBClusters', 'DescribeDBClusters'];
    const body = `<${action}Response><${action}Result><${list}/></${action}Result></${action}Response>`;
    const client = clientOf(await serving(() => new Response(body)));

    const described = (await rdsDatabases(async () => client)(target)).describe(signal);

    expect(expectAws(await answerOf(described)).code).toBe('INSTANCE_NOT_FOUND');
  });

  test.each<[code: string, status: number, ours: ErrorCode]>([
    ['DBInstanceNotFound', 404, 'INSTANCE_NOT_FOUND'],
    ['DBClusterNotFoundFault', 404, 'INSTANCE_NOT_FOUND'],
    ['InvalidDBInstanceState', 400, 'INSTANCE_BUSY'],
    ['InvalidDBClusterStateFault', 400, 'INSTANCE_BUSY'],
    ['InvalidParameterValue', 400, 'PROVIDER_REFUSED'],
    ['InvalidParameterCombination', 400, 'INSTANCE_UNSUITABLE'],
    ['AccessDenied', 403, 'ACCESS_DENIED'],
    ['UnauthorizedOperation', 403, 'ACCESS_DENIED'],
    ['Throttling', 400, 'THROTTLED'],
    ['RequestLimitExceeded', 503, 'THROTTLED'],
    ['InternalFailure', 500, 'UNREACHABLE'],
    ['ServiceUnavailable', 503, 'UNREACHABLE'],
    ['ExpiredToken', 403, 'UNEXPECTED'],
    ['SomethingOfTomorrow', 400, 'UNEXPECTED'],
  ])(
    'answers %s (%i) as %s, and none of the service’s words come through',
    async (code, status, ours) => {
      const client = clientOf(await serving(refusingXml(code, status)));
      const database = await rdsDatabases(async () => client)(target);

      expect(expectAws(await answerOf(database.describe(signal))).code).toBe(ours);
      expect(
        expectAws(await answerOf(database.setMasterPassword('x'.repeat(20), signal))).code,
      ).toBe(ours);
    },
  );

  test('stops when time is up', async () => {
    const { open } = await start(target);
    const database = await open(target);

    expect(expectAws(await answerOf(database.describe(AbortSignal.abort()))).code).toBe(
      'NOT_ENOUGH_TIME',
    );
  });
});

test('an instance tells of the cluster it is a member of', async () => {
  const rds = createRds({ clock: new DrivenClock() });
  rds.addInstance({
    identifier: 'one',
    engine: 'aurora-postgresql',
    masterUsername: 'master',
    clusterIdentifier: 'Reminders',
    applyMasterPassword: async () => undefined,
  });
  const client = clientOf(await serving(createAwsEndpoint([rds.service])));
  const open = rdsDatabases(async () => client);

  const { memberOf } = await (await open({ kind: 'instance', identifier: 'one' })).describe(signal);

  expect(memberOf).toBe('reminders');
});
