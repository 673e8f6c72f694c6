import * as v from 'valibot';
import { localAccount, localRegion } from '../aws-service.ts';
import { evaluate } from './intrinsics.ts';
import { template } from './template.ts';

export type Parameters = Readonly<Record<string, unknown>>;

/** A resource as CloudFormation would make it: its properties evaluated. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** template.yaml, deployed under a name with these parameters beside the defaults. */
export interface DeployedStack {
  readonly name: string;
  /** Those whose condition holds. */
  readonly resources: readonly Resource[];
  /** What `Ref` and `GetAtt` answer for resources; `Ref` of a queue is its URL on AWS. */
  readonly ids: Parameters;
  /** The text of a parameter. */
  parameter(name: string): string;
  /** What all functions have in common. */
  readonly functionGlobals: Readonly<Record<string, unknown>>;
}

const record = v.record(v.string(), v.unknown());
interface Deployment {
  readonly name: string;
  readonly parameters?: Parameters;
  /** What `Ref` answers for resources that are named by something outside of the template. */
  readonly known?: Parameters;
}

export function deployedStack({ name, parameters = {}, known = {} }: Deployment): DeployedStack {
  const values = { ...pseudo, 'AWS::StackName': name, ...defaults, ...parameters };
  const conditions = template.Conditions;
  const resources = Object.entries(template.Resources).filter(
    ([, { Condition: condition }]) =>
      condition === undefined ||
      evaluate({ Condition: condition }, { values, conditions }) === true,
  );
  const ids: Parameters = Object.assign(
    { ...known },
    ...resources.map(([id, { Type, Properties }]) =>
      idsOf(id, Type, {
        stack: name,
        named: (part) => textOf(evaluate(Properties[part], { values, conditions })),
      }),
    ),
  );
  const resolve = (part: unknown) => evaluate(part, { values: { ...values, ...ids }, conditions });
  return {
    name,
    ids,
    parameter: (parameter) => String(Reflect.get(values, parameter) ?? ''),
    functionGlobals: v.parse(record, resolve(template.Globals.Function)),
    resources: resources.map(([logicalId, { Type: type, Properties }]) => ({
      logicalId,
      type,
      properties: v.parse(record, resolve(Properties)),
    })),
  };
}

const pseudo: Parameters = {
  'AWS::AccountId': localAccount,
  'AWS::Partition': 'aws',
  'AWS::Region': localRegion,
  'AWS::URLSuffix': 'amazonaws.com',
};

const defaults: Parameters = Object.fromEntries(
  Object.entries(template.Parameters).map(([name, { Default }]) => [name, Default]),
);

interface Naming {
  readonly stack: string;
  /** A property that names the resource, where the template gives it. */
  readonly named: (property: string) => string | undefined;
}

const arn = (service: string, rest: string, region = localRegion) =>
  `arn:aws:${service}:${region}:${localAccount}:${rest}`;

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** What a resource is referred to by; made up where CloudFormation makes it up. */
function idsOf(id: string, type: string, { stack, named }: Naming): Parameters {
  const own = `${stack}-${id}`;
  switch (type) {
    case 'AWS::Serverless::Function': {
      const name = named('FunctionName') ?? own;
      return { [id]: name, [`${id}.Arn`]: arn('lambda', `function:${name}`) };
    }
    case 'AWS::IAM::Role':
      return { [id]: own, [`${id}.Arn`]: arn('iam', `role/${own}`, '') };
    case 'AWS::IAM::ManagedPolicy':
      return { [id]: arn('iam', `policy/${own}`, '') };
    case 'AWS::Logs::LogGroup': {
      const name = named('LogGroupName') ?? own;
      return { [id]: name, [`${id}.Arn`]: arn('logs', `log-group:${name}:*`) };
    }
    case 'AWS::SQS::Queue': {
      const url = `https://sqs.${localRegion}.amazonaws.com/${localAccount}/${own}`;
      return { [id]: url, [`${id}.Arn`]: arn('sqs', own) };
    }
    case 'AWS::Scheduler::ScheduleGroup': {
      const name = named('Name') ?? own;
      return { [id]: name, [`${id}.Arn`]: arn('scheduler', `schedule-group/${name}`) };
    }
    case 'AWS::Events::Rule': {
      const name = named('Name') ?? own;
      return { [id]: name, [`${id}.Arn`]: arn('events', `rule/${name}`) };
    }
    case 'AWS::SNS::Topic':
      return { [id]: arn('sns', named('TopicName') ?? own) };
    default:
      return {};
  }
}
