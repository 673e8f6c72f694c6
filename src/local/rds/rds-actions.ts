import type { Database } from './database.ts';
import { describeCluster, describeInstance, identifierOf, selectPage } from './describe.ts';
import { modify } from './modify.ts';
import type { PasswordResets } from './password-reset.ts';
import type { RdsBehaviour } from './rds-behaviour.ts';
import { RdsError, type XmlElements } from './rds-wire.ts';

interface RdsState {
  readonly instances: ReadonlyMap<string, Database>;
  readonly clusters: ReadonlyMap<string, Database>;
  readonly resets: PasswordResets;
  readonly behaviour: RdsBehaviour;
}

/** Answers the result's elements; throws RdsError. */
type RdsAction = (form: URLSearchParams) => XmlElements;

/** What this RDS can do, by the query protocol's `Action`. */
export function rdsActions(state: RdsState): Readonly<Record<string, RdsAction>> {
  const shownCluster = (cluster: Database) =>
    describeCluster(cluster, [...state.instances.values()]);

  return {
    DescribeDBInstances(form) {
      const { items, marker } = selectPage(instancesMeant(state, form), form);
      return { DBInstances: { DBInstance: items.map(describeInstance) }, Marker: marker };
    },
    DescribeDBClusters(form) {
      const { items, marker } = selectPage(clustersMeant(state, form), form);
      return { DBClusters: { DBCluster: items.map(shownCluster) }, Marker: marker };
    },
    ModifyDBInstance(form) {
      const instance = instanceNamed(state, required(form, 'DBInstanceIdentifier'));
      modify(instance, form, state);
      return { DBInstance: describeInstance(instance) };
    },
    ModifyDBCluster(form) {
      const cluster = clusterNamed(state, required(form, 'DBClusterIdentifier'));
      modify(cluster, form, state);
      return { DBCluster: shownCluster(cluster) };
    },
  };
}

function instancesMeant(state: RdsState, form: URLSearchParams): readonly Database[] {
  const given = form.get('DBInstanceIdentifier');
  return given === null ? [...state.instances.values()] : [instanceNamed(state, given)];
}

function clustersMeant(state: RdsState, form: URLSearchParams): readonly Database[] {
  const given = form.get('DBClusterIdentifier');
  return given === null ? [...state.clusters.values()] : [clusterNamed(state, given)];
}

function instanceNamed({ instances }: RdsState, given: string): Database {
  const found = instances.get(identifierOf(given));
  if (found) return found;
  throw new RdsError('DBInstanceNotFound', `DBInstance ${identifierOf(given)} not found.`, 404);
}

function clusterNamed({ clusters }: RdsState, given: string): Database {
  const found = clusters.get(identifierOf(given));
  if (found) return found;
  throw new RdsError('DBClusterNotFoundFault', `DBCluster ${identifierOf(given)} not found.`, 404);
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value) return value;
  throw new RdsError('MissingParameter', `The request must contain the parameter ${name}.`);
}
