import * as v from 'valibot';
import { evaluate } from '../../src/local/template/intrinsics.ts';
import { template } from '../../src/local/template/template.ts';

export { template };

export type Parameters = Readonly<Record<string, unknown>>;

/** Where the stack of the tests is deployed. */
const pseudo: Parameters = {
  'AWS::AccountId': '123456789012',
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-west-1',
  'AWS::StackName': 'keyturn',
};

/** What a queue is referred to by: the functions take nothing but a URL. */
export const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/123456789012/DeadLetterQueue';

const defaults: Parameters = Object.fromEntries(
  Object.entries(template.Parameters).map(([name, { Default }]) => [name, Default]),
);

/** A part of the template with these parameters beside the defaults; see `evaluate`. */
export const resolved = (part: unknown, parameters: Parameters = {}) =>
  evaluate(part, {
    values: { ...pseudo, DeadLetterQueue: queueUrl, ...defaults, ...parameters },
    conditions: template.Conditions,
  });

const role = v.strictObject({
  AssumeRolePolicyDocument: v.unknown(),
  Policies: v.tuple([
    v.object({
      PolicyDocument: v.object({
        Statement: v.array(
          v.strictObject({
            Sid: v.string(),
            Effect: v.literal('Allow'),
            Action: v.union([v.string(), v.array(v.string())]),
            Resource: v.string(),
            Condition: v.optional(v.unknown()),
          }),
        ),
      }),
    }),
  ]),
});

/** Everything a role allows, by its statements' names. Managed policies are refused. */
export function grantsOf(name: string, parameters: Parameters = {}) {
  const properties = resolved(template.Resources[name]?.Properties, parameters);
  const [policy] = v.parse(role, properties).Policies;
  return Object.fromEntries(
    policy.PolicyDocument.Statement.map(({ Sid, Action, Resource, Condition }) => [
      Sid,
      { actions: [Action].flat(), resource: Resource, ...(Condition ? { only: Condition } : {}) },
    ]),
  );
}

const environment = v.object({ Variables: v.record(v.string(), v.string()) });

/** The environment of both functions. */
export const variablesIn = (parameters: Parameters = {}): Readonly<Record<string, string>> =>
  v.parse(environment, resolved(template.Globals.Function['Environment'], parameters)).Variables;
