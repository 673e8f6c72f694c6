import { RotationError } from '../../rotation/errors.ts';
import { hasLogin } from './logins.ts';
import type { RdsState, RdsTarget } from './rds.ts';

/** Throws when this database's master password cannot be rotated, or not now. Reads only. */
export function assertSuitable(target: RdsTarget, state: RdsState, verify: 'login' | 'describe') {
  const named = `The ${target.kind} ${target.identifier}`;
  const problem = obstacle(target, state, verify);
  if (problem) throw new RotationError('INSTANCE_UNSUITABLE', `${named} ${problem}`);
  if (state.status === 'available') return;
  throw new RotationError(
    'INSTANCE_BUSY',
    `${named} is in the state "${state.status}", and its password can be changed only while it is ` +
      '"available". It is tried again by itself; start it if it is stopped.',
  );
}

function obstacle(target: RdsTarget, state: RdsState, verify: 'login' | 'describe') {
  if (state.managedByRds) {
    return (
      'keeps its master password in a secret that RDS manages and rotates. Remove the rotator for ' +
      'this key, or switch ManageMasterUserPassword off.'
    );
  }
  if (state.memberOf) {
    return (
      `belongs to the cluster ${state.memberOf}, which holds the password. Name the cluster in ` +
      'rotation.config.ts instead.'
    );
  }
  if (target.kind === 'cluster' && state.otherPending.length > 0) {
    return (
      `has other changes waiting (${state.otherPending.join(', ')}), which changing the password ` +
      'would apply at once. Apply or cancel them, and rotate again.'
    );
  }
  if (verify === 'login' && !hasLogin(state.engine)) {
    return (
      `runs ${state.engine}, to which Keyturn cannot log in to prove a password. Set verify: 'describe' ` +
      'in rotation.config.ts to go by what RDS reports, with a gap that is an estimate.'
    );
  }
  if (verify === 'login' && !state.endpoint)
    return 'has no endpoint yet. Rotate again when it has.';
  return undefined;
}
