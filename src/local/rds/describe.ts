import { localAccount, localRegion } from '../aws-service.ts';
import type { Database } from './database.ts';
import { RdsError, type XmlElements } from './rds-wire.ts';

/** A `DBInstance` as DescribeDBInstances shows it. */
export function describeInstance(instance: Database): XmlElements {
  const { identifier, endpoint, status, clusterIdentifier } = instance;
  return {
    DBInstanceIdentifier: identifier,
    DBInstanceArn: arnOf('db', identifier),
    DbiResourceId: `db-${identifier.toUpperCase()}`,
    DBInstanceClass: 'db.t4g.micro',
    DBInstanceStatus: status,
    ...(endpoint && { Endpoint: { Address: endpoint.address, Port: endpoint.port } }),
    ...(clusterIdentifier && { DBClusterIdentifier: clusterIdentifier.toLowerCase() }),
    ...common(instance),
  };
}

/** A `DBCluster` as DescribeDBClusters shows it; `instances` are all there are. */
export function describeCluster(cluster: Database, instances: readonly Database[]): XmlElements {
  const { identifier, endpoint, status } = cluster;
  const members = instances.filter((each) => each.clusterIdentifier?.toLowerCase() === identifier);
  return {
    DBClusterIdentifier: identifier,
    DBClusterArn: arnOf('cluster', identifier),
    DbClusterResourceId: `cluster-${identifier.toUpperCase()}`,
    Status: status,
    ...(endpoint && { Endpoint: endpoint.address, Port: endpoint.port }),
    DBClusterMembers: {
      DBClusterMember: members.map((member, index) => ({
        DBInstanceIdentifier: member.identifier,
        IsClusterWriter: index === 0,
      })),
    },
    ...common(cluster),
  };
}

function common(database: Database): XmlElements {
  const { masterUserSecret: secret } = database;
  return {
    Engine: database.engine,
    ...(database.engineVersion && { EngineVersion: database.engineVersion }),
    MasterUsername: database.masterUsername,
    IAMDatabaseAuthenticationEnabled: database.iamAuth ?? false,
    PendingModifiedValues: {
      ...database.pendingChanges,
      ...(database.password !== 'settled' && { MasterUserPassword: '****' }),
    },
    ...(secret && {
      MasterUserSecret: {
        SecretArn: secret.secretArn,
        SecretStatus: secret.secretStatus ?? 'active',
      },
    }),
  };
}

const arnOf = (type: string, identifier: string) =>
  `arn:aws:rds:${localRegion}:${localAccount}:${type}:${identifier}`;

interface Page {
  readonly items: readonly Database[];
  readonly marker?: string;
}

/** The databases that a Describe request's Filters, MaxRecords and Marker leave over. */
export function selectPage(databases: readonly Database[], form: URLSearchParams): Page {
  const most = Number(form.get('MaxRecords') ?? 100);
  if (!Number.isInteger(most) || most < 20 || most > 100)
    throw new RdsError('InvalidParameterValue', 'Invalid value for MaxRecords: must be 20 to 100.');

  const matching = databases.filter((database) => matchesFilters(database, form));
  const start = matching.findIndex((each) => each.identifier === form.get('Marker'));
  const from = form.has('Marker') ? start : 0;
  if (from < 0) throw new RdsError('InvalidParameterValue', 'Invalid value for Marker.');
  const next = matching[from + most];
  return { items: matching.slice(from, from + most), ...(next && { marker: next.identifier }) };
}

function matchesFilters(database: Database, form: URLSearchParams): boolean {
  for (let n = 1; form.has(`Filters.Filter.${n}.Name`); n += 1) {
    const values: string[] = [];
    for (let m = 1; form.has(`Filters.Filter.${n}.Values.Value.${m}`); m += 1)
      values.push(identifierOf(form.get(`Filters.Filter.${n}.Values.Value.${m}`) ?? ''));
    const actual = filterable(database, form.get(`Filters.Filter.${n}.Name`) ?? '');
    if (actual === undefined || !values.includes(actual.toLowerCase())) return false;
  }
  return true;
}

function filterable(database: Database, filter: string): string | undefined {
  if (filter === 'engine') return database.engine;
  if (filter === 'db-cluster-id')
    return database.kind === 'cluster' ? database.identifier : database.clusterIdentifier;
  if (filter === 'db-instance-id' && database.kind === 'instance') return database.identifier;
  throw new RdsError('InvalidParameterValue', `Unrecognized filter name: ${filter}`);
}

/** Identifiers are told apart without regard to case, and may be given as ARNs. */
export const identifierOf = (given: string) => given.split(':').at(-1)?.toLowerCase() ?? '';
