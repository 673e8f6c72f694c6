import * as v from 'valibot';
import { localAccount, localRegion, type AwsService } from '../aws-service.ts';
import type { LocalClock } from '../clock.ts';
import { answerJson, JsonError, type JsonService } from '../json-protocol.ts';
import { jsonServices } from '../service-descriptors.ts';
import type { DeployedStack } from '../template/deployed-stack.ts';

/** A CloudWatch that has alarms, which nothing evaluates: each is as it was made, or set. */
export interface CloudWatch {
  readonly service: AwsService;
  /** Makes the alarms of a template. */
  deploy(stack: DeployedStack): void;
}

const alarmProperties = v.looseObject({ AlarmName: v.string() });

type Alarm = v.InferOutput<typeof alarmProperties>;

export function createCloudWatch({ clock }: { readonly clock: LocalClock }): CloudWatch {
  const alarms = new Map<string, Alarm>();
  const service: JsonService = {
    ...jsonServices.cloudwatch,
    operations: alarmOperations(alarms),
  };
  return {
    service: async function cloudwatch(request) {
      return answerJson(service, request);
    },
    deploy({ resources }) {
      for (const { properties } of resources.filter(isAlarm)) {
        const alarm = made(v.parse(alarmProperties, properties), clock.now());
        alarms.set(alarm.AlarmName, alarm);
      }
    },
  };
}

const isAlarm = ({ type }: { readonly type: string }) => type === 'AWS::CloudWatch::Alarm';

/** CloudFormation's names of properties are those of the API. */
function made(properties: v.InferOutput<typeof alarmProperties>, at: Date): Alarm {
  const seconds = at.getTime() / 1000;
  return {
    ActionsEnabled: true,
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    Dimensions: [],
    ...properties,
    AlarmArn: `arn:aws:cloudwatch:${localRegion}:${localAccount}:alarm:${properties.AlarmName}`,
    AlarmConfigurationUpdatedTimestamp: seconds,
    StateUpdatedTimestamp: seconds,
    StateReason: 'Unchecked: Initial alarm creation',
    StateValue: 'INSUFFICIENT_DATA',
  };
}

const names = v.optional(v.array(v.string()));
const describing = v.object({
  AlarmNames: names,
  AlarmNamePrefix: v.optional(v.string(), ''),
  StateValue: v.optional(v.string()),
  MaxRecords: v.optional(v.pipe(v.number(), v.minValue(1), v.maxValue(100)), 50),
  NextToken: v.optional(v.pipe(v.string(), v.regex(/^\d+$/))),
});
const naming = v.object({ AlarmNames: v.array(v.string()) });
const setting = v.object({
  AlarmName: v.string(),
  StateValue: v.picklist(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  StateReason: v.string(),
});

function alarmOperations(alarms: Map<string, Alarm>): JsonService['operations'] {
  const enable = (body: unknown, ActionsEnabled: boolean) => {
    for (const name of parse(naming, body).AlarmNames) {
      const alarm = alarms.get(name);
      if (alarm) Object.assign(alarm, { ActionsEnabled });
    }
    return {};
  };

  return {
    DescribeAlarms(body) {
      const { AlarmNames, AlarmNamePrefix, StateValue, ...page } = parse(describing, body);
      const matching = [...alarms.values()].filter(
        ({ AlarmName: name, StateValue: state }) =>
          name.startsWith(AlarmNamePrefix) &&
          (AlarmNames ?? [name]).includes(name) &&
          (StateValue ?? state) === state,
      );
      const from = Number(page.NextToken ?? 0);
      const end = from + page.MaxRecords;
      return {
        MetricAlarms: matching.slice(from, end),
        CompositeAlarms: [],
        ...(end < matching.length && { NextToken: String(end) }),
      };
    },
    DeleteAlarms(body) {
      const { AlarmNames } = parse(naming, body);
      const missing = AlarmNames.find((name) => !alarms.has(name));
      if (missing !== undefined) throw notFound();
      for (const name of AlarmNames) alarms.delete(name);
      return {};
    },
    DisableAlarmActions: (body) => enable(body, false),
    EnableAlarmActions: (body) => enable(body, true),
    SetAlarmState(body) {
      const { AlarmName, StateValue, StateReason } = parse(setting, body);
      const alarm = alarms.get(AlarmName);
      if (!alarm) throw notFound();
      Object.assign(alarm, { StateValue, StateReason });
      return {};
    },
  };
}

function parse<S extends v.GenericSchema>(schema: S, body: unknown): v.InferOutput<S> {
  const parsed = v.safeParse(schema, body);
  if (parsed.success) return parsed.output;
  const member = v.getDotPath(parsed.issues[0]) ?? 'of the request';
  throw new JsonError('InvalidParameterValueException', `The parameter ${member} is not valid.`);
}

const notFound = () => new JsonError('ResourceNotFound', 'There is no alarm of that name.');
