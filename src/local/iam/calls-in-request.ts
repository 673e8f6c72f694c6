import { signedService } from '../aws-endpoint.ts';
import { localAccount, localRegion } from '../aws-service.ts';
import { functionArnOf } from '../lambda/named.ts';
import type { ApiCall } from './api-call.ts';
import { impliedByKmsKey, impliedByTarget } from './implied-calls.ts';

/** What a secret tells whoever authorises a call about it. */
export interface KnownSecret {
  readonly arn: string;
  readonly functionArn: string | undefined;
  /** Absent where it is encrypted with the account's own key. */
  readonly kmsKeyArn: string | undefined;
}

export type FindSecret = (secretId: string) => KnownSecret | undefined;

/**
 * The calls that a request is, those included that AWS makes for it as the caller. Empty where it
 * is for a service that is none, or without an operation: the endpoint has an answer to that.
 */
export async function callsIn(
  request: Request,
  findSecret: FindSecret,
): Promise<readonly ApiCall[]> {
  const text = await request.clone().text();
  switch (signedService(request)) {
    case 'secretsmanager':
      return ofSecretsManager(request, fieldsOf(text), findSecret);
    case 'rds':
      return ofRds(new URLSearchParams(text));
    case 'scheduler':
      return ofScheduler(request, fieldsOf(text));
    case 'sqs':
      return ofSqs(request, fieldsOf(text));
    case 'lambda':
      return ofLambda(request);
    default:
      return [];
  }
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(text: string): Fields {
  try {
    return { ...Object(JSON.parse(text || '{}')) };
  } catch {
    return {};
  }
}

const arn = (service: string, rest: string) =>
  `arn:aws:${service}:${localRegion}:${localAccount}:${rest}`;

const operationIn = (request: Request) =>
  (request.headers.get('x-amz-target') ?? '').split('.').at(-1) ?? '';

function ofSecretsManager(
  request: Request,
  { SecretId, Name }: Fields,
  findSecret: FindSecret,
): readonly ApiCall[] {
  const action = `secretsmanager:${operationIn(request)}`;
  const named = String(SecretId ?? Name ?? '');
  const secret = findSecret(named);
  // One that is not there is authorised by what its ARN would be.
  const resource =
    secret?.arn ??
    (named.startsWith('arn:') ? named : arn('secretsmanager', `secret:${named}-000000`));
  const context = secret?.functionArn
    ? { 'secretsmanager:resource/AllowRotationLambdaArn': secret.functionArn }
    : {};
  const { kmsKeyArn: keyArn } = secret ?? {};
  const implied = keyArn ? impliedByKmsKey(action, { keyArn, secretArn: resource }) : [];
  return [{ action, resource, context }, ...implied];
}

function ofRds(form: URLSearchParams): readonly ApiCall[] {
  const action = `rds:${form.get('Action') ?? ''}`;
  const cluster = form.get('DBClusterIdentifier');
  const resource = /Cluster/.test(action)
    ? arn('rds', `cluster:${cluster ?? '*'}`)
    : arn('rds', `db:${form.get('DBInstanceIdentifier') ?? '*'}`);
  return [{ action, resource, context: {} }];
}

const schedulerActions: Readonly<Record<string, string>> = {
  DELETE: 'DeleteSchedule',
  GET: 'GetSchedule',
  POST: 'CreateSchedule',
  PUT: 'UpdateSchedule',
};

function ofScheduler(request: Request, { GroupName, Target }: Fields): readonly ApiCall[] {
  const { pathname, searchParams } = new URL(request.url);
  const [, kind = '', name = ''] = pathname.split('/');
  const verb = schedulerActions[request.method] ?? '';
  if (kind !== 'schedules' || name === '') {
    const action = `scheduler:${verb}${kind === 'schedule-groups' ? 'Group' : 's'}`;
    return [{ action, resource: arn('scheduler', `schedule-group/${name}`), context: {} }];
  }
  const group = String(GroupName ?? searchParams.get('groupName') ?? 'default');
  const resource = arn('scheduler', `schedule/${group}/${name}`);
  const { RoleArn: roleArn } = Object(Target);
  const passed = typeof roleArn === 'string' ? [impliedByTarget(roleArn)] : [];
  return [{ action: `scheduler:${verb}`, resource, context: {} }, ...passed];
}

function ofSqs(request: Request, { QueueUrl, QueueName }: Fields): readonly ApiCall[] {
  const name =
    String(QueueUrl ?? QueueName ?? '')
      .split('/')
      .at(-1) ?? '';
  return [{ action: `sqs:${operationIn(request)}`, resource: arn('sqs', name), context: {} }];
}

function ofLambda(request: Request): readonly ApiCall[] {
  const [, , , named = ''] = new URL(request.url).pathname.split('/');
  const resource = functionArnOf(decodeURIComponent(named));
  return [{ action: 'lambda:InvokeFunction', resource, context: {} }];
}
