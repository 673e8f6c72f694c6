import * as v from 'valibot';
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
 * The calls that a request is, those included that AWS makes for it as the caller. What is signed
 * for one service and asks another for something is a call that no policy can allow.
 */
export async function callsIn(
  request: Request,
  findSecret: FindSecret,
): Promise<readonly ApiCall[]> {
  const body = await request.clone().text();
  const signed = signedService(request) ?? 'none';
  const service = serviceOf(request);
  if (service !== signed) return [{ action: `${signed}:${service}`, resource: '*', context: {} }];
  if (service === 'secretsmanager') return ofSecretsManager(request, fieldsIn(body), findSecret);
  if (service === 'scheduler') return ofScheduler(request, fieldsIn(body));
  if (service === 'sqs') return ofSqs(request, fieldsIn(body));
  if (service === 'lambda') return ofLambda(request);
  return ofRds(new URLSearchParams(body));
}

/** Whom a request is for, by what tells the services themselves. */
function serviceOf(request: Request): string {
  const target = request.headers.get('x-amz-target') ?? '';
  if (target.startsWith('secretsmanager.')) return 'secretsmanager';
  if (target.startsWith('AmazonSQS.')) return 'sqs';
  const { pathname } = new URL(request.url);
  if (pathname.startsWith('/2015-03-31/functions/')) return 'lambda';
  if (/^\/schedule(s|-groups)(\/|$)/.test(pathname)) return 'scheduler';
  const type = request.headers.get('content-type') ?? '';
  return type.startsWith('application/x-www-form-urlencoded') ? 'rds' : 'no service';
}

const text = v.fallback(v.optional(v.string()), undefined);
const fields = v.object({
  GroupName: text,
  Name: text,
  QueueName: text,
  QueueUrl: text,
  SecretId: text,
  Target: v.fallback(v.optional(v.object({ RoleArn: text })), undefined),
});
type Fields = Partial<v.InferOutput<typeof fields>>;

/** What is no JSON names nothing: the service has an answer to that. */
function fieldsIn(body: string): Fields {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), fields), body);
  return parsed.success ? parsed.output : {};
}

const arn = (service: string, rest: string) =>
  `arn:aws:${service}:${localRegion}:${localAccount}:${rest}`;

const operationIn = (request: Request) =>
  request.headers.get('x-amz-target')?.split('.').at(-1) ?? '';

function ofSecretsManager(
  request: Request,
  { SecretId, Name }: Fields,
  findSecret: FindSecret,
): readonly ApiCall[] {
  const action = `secretsmanager:${operationIn(request)}`;
  const named = SecretId ?? Name ?? '';
  const secret = findSecret(named);
  const resource = secret?.arn ?? unknownSecret(named);
  const context = secret?.functionArn
    ? { 'secretsmanager:resource/AllowRotationLambdaArn': secret.functionArn }
    : {};
  const { kmsKeyArn: keyArn } = secret ?? {};
  const implied = keyArn ? impliedByKmsKey(action, { keyArn, secretArn: resource }) : [];
  return [{ action, resource, context }, ...implied];
}

/** One that is not there is authorised by what its ARN would be. */
const unknownSecret = (named: string) =>
  named.startsWith('arn:') ? named : arn('secretsmanager', `secret:${named}-000000`);

function ofRds(form: URLSearchParams): readonly ApiCall[] {
  const action = `rds:${form.get('Action') ?? ''}`;
  const resource = action.includes('Cluster')
    ? arn('rds', `cluster:${form.get('DBClusterIdentifier') ?? '*'}`)
    : arn('rds', `db:${form.get('DBInstanceIdentifier') ?? '*'}`);
  return [{ action, resource, context: {} }];
}

const schedulerVerbs: Readonly<Record<string, string>> = {
  DELETE: 'Delete',
  GET: 'Get',
  POST: 'Create',
  PUT: 'Update',
};

function ofScheduler(request: Request, { GroupName, Target }: Fields): readonly ApiCall[] {
  const { pathname, searchParams } = new URL(request.url);
  const [, kind = '', name = ''] = pathname.split('/');
  const verb = name === '' ? 'List' : (schedulerVerbs[request.method] ?? '');
  if (kind !== 'schedules' || name === '') {
    const noun = kind === 'schedules' ? 'Schedules' : `ScheduleGroup${name === '' ? 's' : ''}`;
    const resource = arn('scheduler', `schedule-group/${name || '*'}`);
    return [{ action: `scheduler:${verb}${noun}`, resource, context: {} }];
  }
  // Where each of the operations has it.
  const writes = request.method === 'POST' || request.method === 'PUT';
  const group = (writes ? GroupName : searchParams.get('groupName')) ?? 'default';
  const resource = arn('scheduler', `schedule/${group}/${name}`);
  const passed = Target?.RoleArn ? [impliedByTarget(Target.RoleArn)] : [];
  return [{ action: `scheduler:${verb}Schedule`, resource, context: {} }, ...passed];
}

function ofSqs(request: Request, { QueueUrl, QueueName }: Fields): readonly ApiCall[] {
  const name = (QueueUrl ?? QueueName ?? '').split('/').at(-1) ?? '';
  return [{ action: `sqs:${operationIn(request)}`, resource: arn('sqs', name), context: {} }];
}

function ofLambda(request: Request): readonly ApiCall[] {
  const [, , , named = ''] = new URL(request.url).pathname.split('/');
  const resource = functionArnOf(decodeURIComponent(named));
  return [{ action: 'lambda:InvokeFunction', resource, context: {} }];
}
