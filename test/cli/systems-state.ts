import { createConnection } from 'mysql2/promise';
import type { RotateRig } from './rotate-rig.ts';

/** All that a rotation changes, on every system. */
export async function stateOf(rig: RotateRig) {
  const { stack } = rig.rig();
  const secret = await rig.rig().read();
  const account = secret.TWILIO_ACCOUNT_SID;
  const writes = stack.secretsManager.calls.filter(
    ({ operation }) => !/^(Describe|Get|List|BatchGet)/.test(operation),
  );
  return {
    secret,
    labels: labelsOf(rig),
    writes: writes.length,
    changesOfRds: stack.rds.calls.filter(({ action }) => action.startsWith('Modify')).length,
    twilio: [stack.twilio.primaryOf(account), stack.twilio.secondaryOf(account)],
    keys: stack.twilio.keysOf(account),
    changesOfTwilio: stack.twilio.calls.filter(({ method }) => method !== 'GET').length,
    roles: await stack.postgres.query('SELECT * FROM pg_authid ORDER BY oid'),
    account: await accountIn(rig),
  };
}

export function labelsOf(rig: RotateRig) {
  return ['AWSCURRENT', 'AWSPREVIOUS', 'AWSPENDING', 'KEYTURN_MADE'].map((label) =>
    rig.versionAt(label),
  );
}

/** What a server of MySQL's or MariaDB's stores of its user, the hash of the password with it. */
async function accountIn(rig: RotateRig): Promise<unknown> {
  const { database } = rig.rig().stack;
  if (database.engine === 'postgres') return undefined;
  const { engine: _engine, ...place } = database;
  const { DB_USER: user = place.user, DB_PASSWORD: password } = Object(await rig.rig().read());
  const connection = await createConnection({ ...place, user, password });
  const [rows] = await connection.query('SHOW CREATE USER CURRENT_USER()');
  await connection.end();
  return rows;
}
