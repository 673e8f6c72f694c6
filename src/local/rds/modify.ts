import { checkMasterPassword } from './master-password.ts';
import type { Database } from './database.ts';
import type { PasswordResets } from './password-reset.ts';
import type { RdsBehaviour } from './rds-behaviour.ts';
import { RdsError } from './rds-wire.ts';

const known = new Set([
  'Action',
  'Version',
  'DBInstanceIdentifier',
  'DBClusterIdentifier',
  'MasterUserPassword',
  'ApplyImmediately',
]);

/** ModifyDBInstance and ModifyDBCluster, as far as the master password goes. */
export function modify(
  database: Database,
  form: URLSearchParams,
  { resets, behaviour }: { resets: PasswordResets; behaviour: RdsBehaviour },
): void {
  refuseOtherChanges(form);
  const password = form.get('MasterUserPassword');
  if (password !== null) {
    refuseForeignPassword(database);
    checkMasterPassword(database, password);
  }
  refuseUnavailable(database, behaviour);
  if (password === null) return;

  const deferred =
    database.kind === 'cluster' &&
    behaviour.clusterNeedsApplyImmediately &&
    form.get('ApplyImmediately') !== 'true';
  if (deferred) database.password = 'deferred';
  else resets.begin(database, password);
}

function refuseOtherChanges(form: URLSearchParams): void {
  const other = [...form.keys()].find((name) => !known.has(name));
  if (other === undefined) return;
  throw new RdsError(
    'InvalidParameterCombination',
    'The local RDS changes MasterUserPassword only, and the request holds other changes.',
  );
}

/** The passwords that are not this database's to set. */
function refuseForeignPassword(database: Database): void {
  if (database.clusterIdentifier !== undefined)
    throw new RdsError(
      'InvalidParameterCombination',
      'The specified DB Instance is a member of a cluster. Modify master user password for the DB Cluster using the ModifyDbCluster API',
    );
  if (database.masterUserSecret)
    throw new RdsError(
      'InvalidParameterCombination',
      "You can't specify MasterUserPassword for an instance with ManageMasterUserPassword enabled.",
    );
  if (database.masterUserAuthenticationType === 'iam-db-auth')
    throw new RdsError(
      'InvalidParameterCombination',
      "You can't specify MasterUserPassword when MasterUserAuthenticationType is iam-db-auth.",
    );
}

function refuseUnavailable(database: Database, { secondPassword }: RdsBehaviour): void {
  const changing = database.password === 'changing' && secondPassword === 'refuse';
  if (database.status === 'available' && !changing) return;
  throw database.kind === 'cluster'
    ? new RdsError('InvalidDBClusterStateFault', 'DB cluster is not in available state.')
    : new RdsError('InvalidDBInstanceState', 'Database instance is not in available state.');
}
