import * as v from 'valibot';
import type { OutsideCall } from './point.ts';

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Which call a request of an AWS client is: JSON by its target, a query by its action, or REST. */
export function awsCallOf({ method, path, headers, body }: Sent): OutsideCall {
  const target = headers['x-amz-target'];
  if (target) return secretsManagerCall(target.split('.').at(-1) ?? '', body);
  if (path.startsWith('/schedule')) return schedulerCall(method, path);
  return { system: 'RDS', operation: new URLSearchParams(body).get('Action') ?? 'unknown' };
}

/** The name of the secret of a database's administrator, in worlds that have one. */
export const adminSecretName = 'database-admin';

const request = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    SecretId: v.optional(v.string()),
    VersionId: v.optional(v.string()),
    VersionStage: v.optional(v.string()),
    MoveToVersionId: v.optional(v.string()),
  }),
);

function secretsManagerCall(operation: string, body: string): OutsideCall {
  const { SecretId, VersionId, VersionStage, MoveToVersionId } = v.parse(request, body);
  if (SecretId === adminSecretName) {
    return { system: 'Secrets Manager', operation, detail: adminSecretName };
  }
  const taken = operation === 'UpdateSecretVersionStage' && !MoveToVersionId ? ' off' : undefined;
  // The time and the random end of a lease's label differ from run to run.
  const named = VersionStage?.replace(/^(KEYTURN_UNDOING)_.*/, '$1') ?? (VersionId && 'by id');
  return {
    system: 'Secrets Manager',
    operation,
    detail: named && `${named}${taken ?? ''}`,
  };
}

const scheduling: Readonly<Record<string, string>> = {
  POST: 'CreateSchedule',
  PUT: 'UpdateSchedule',
};

/** The schedule's name without the hash that ends it. */
function schedulerCall(method: string, path: string): OutsideCall {
  const name = path.split('/').at(-1) ?? '';
  return {
    system: 'Scheduler',
    operation: scheduling[method] ?? method,
    detail: name.replace(/^keyturn-/, '').replace(/-[0-9a-f]{32}$/, ''),
  };
}
