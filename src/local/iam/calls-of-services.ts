import * as v from 'valibot';
import { localAccount, localRegion } from '../aws-service.ts';
import { functionArnOf } from '../lambda/named.ts';
import { targetIn } from './addressed-to.ts';
import type { ApiCall } from './api-call.ts';
import { callsToSecretsManager } from './calls-to-secrets-manager.ts';
import { impliedByTarget } from './implied-calls.ts';
import type { KnownResources } from './known-resources.ts';

/** A request by its parts: a service looks at those that its protocol has. */
export interface RequestParts {
  readonly request: Request;
  readonly form: URLSearchParams;
  readonly fields: Fields;
}

const text = v.fallback(v.optional(v.string()), undefined);
const fields = v.object({
  GroupName: text,
  KeyId: text,
  KmsKeyId: text,
  logGroupName: text,
  Name: text,
  QueueName: text,
  QueueUrl: text,
  SecretId: text,
  SecretIdList: v.fallback(v.optional(v.array(v.string())), undefined),
  Target: v.fallback(v.optional(v.object({ RoleArn: text })), undefined),
});
type Fields = Partial<v.InferOutput<typeof fields>>;

/** What is no JSON names nothing: the service has an answer to that. */
export function fieldsIn(body: string): Fields {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), fields), body);
  return parsed.success ? parsed.output : {};
}

type CallsOf = (parts: RequestParts, known: KnownResources) => readonly ApiCall[];

/** What a request to each service asks leave for, by the name it is signed with. */
export const callsOf: Readonly<Record<string, CallsOf>> = {
  secretsmanager: callsToSecretsManager,
  scheduler: ofScheduler,
  lambda: ofLambda,
  rds: ofRds,
  // Whoever has credentials may ask whose they are.
  sts: ({ form }) => (form.get('Action') === 'GetCallerIdentity' ? [] : [one('sts', form, '*')]),
  sns: ({ form }) => [one('sns', form, form.get('TopicArn') ?? form.get('SubscriptionArn') ?? '*')],
  iam: ({ form }) => [
    one('iam', form, `arn:aws:iam::${localAccount}:user/${form.get('UserName') ?? '*'}`),
  ],
  sqs: ({ request, fields: { QueueUrl, QueueName } }) => {
    const name = (QueueUrl ?? QueueName ?? '').split('/').at(-1) ?? '';
    return [call(`sqs:${targetIn(request)}`, arn('sqs', name))];
  },
  kms: ({ request, fields: { KeyId } }, { findKey }) => {
    const key = findKey?.(KeyId ?? '');
    const resource = key?.arn ?? (KeyId === undefined ? '*' : arn('kms', `key/${KeyId}`));
    return [{ ...call(`kms:${targetIn(request)}`, resource), resourcePolicy: key?.policy }];
  },
  monitoring: ({ request }) => [
    call(`cloudwatch:${targetIn(request)}`, arn('cloudwatch', 'alarm:*')),
  ],
  logs: ({ request, fields: { logGroupName } }) => [
    call(`logs:${targetIn(request)}`, arn('logs', `log-group:${logGroupName ?? '*'}:*`)),
  ],
};

const arn = (service: string, rest: string) =>
  `arn:aws:${service}:${localRegion}:${localAccount}:${rest}`;

const call = (action: string, resource: string): ApiCall => ({ action, resource, context: {} });

const one = (service: string, form: URLSearchParams, resource: string) =>
  call(`${service}:${form.get('Action') ?? ''}`, resource);

function ofRds({ form }: RequestParts): readonly ApiCall[] {
  const action = `rds:${form.get('Action') ?? ''}`;
  const resource = action.includes('Cluster')
    ? arn('rds', `cluster:${form.get('DBClusterIdentifier') ?? '*'}`)
    : arn('rds', `db:${form.get('DBInstanceIdentifier') ?? '*'}`);
  return [call(action, resource)];
}

const schedulerVerbs: Readonly<Record<string, string>> = {
  DELETE: 'Delete',
  GET: 'Get',
  POST: 'Create',
  PUT: 'Update',
};

function ofScheduler({ request, fields: { GroupName, Target } }: RequestParts): readonly ApiCall[] {
  const { pathname, searchParams } = new URL(request.url);
  const [, kind = '', name = ''] = pathname.split('/');
  const verb = name === '' ? 'List' : (schedulerVerbs[request.method] ?? '');
  if (kind !== 'schedules' || name === '') {
    const noun = kind === 'schedules' ? 'Schedules' : `ScheduleGroup${name === '' ? 's' : ''}`;
    return [call(`scheduler:${verb}${noun}`, arn('scheduler', `schedule-group/${name || '*'}`))];
  }
  // Where each of the operations has it.
  const writes = request.method === 'POST' || request.method === 'PUT';
  const group = (writes ? GroupName : searchParams.get('groupName')) ?? 'default';
  const passed = Target?.RoleArn ? [impliedByTarget(Target.RoleArn)] : [];
  return [
    call(`scheduler:${verb}Schedule`, arn('scheduler', `schedule/${group}/${name}`)),
    ...passed,
  ];
}

/** By the method and what follows the function's name, as `GET policy`. */
const lambdaActions: Readonly<Record<string, string>> = {
  'GET ': 'GetFunction',
  'GET configuration': 'GetFunctionConfiguration',
  'GET policy': 'GetPolicy',
  'POST invocations': 'InvokeFunction',
  'POST policy': 'AddPermission',
  'DELETE policy': 'RemovePermission',
};

function ofLambda({ request }: RequestParts): readonly ApiCall[] {
  const [, , , named = '', what = ''] = new URL(request.url).pathname.split('/');
  const action = lambdaActions[`${request.method} ${what}`] ?? 'InvokeFunction';
  return [call(`lambda:${action}`, functionArnOf(decodeURIComponent(named)))];
}
