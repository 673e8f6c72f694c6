import { describe, expect, test } from 'vitest';
import { parseReconcileEvent } from '../../src/handlers/event.ts';
import { isDaily } from '../../src/rotation/bookings.ts';
import { matches } from '../support/event-pattern.ts';
import { propertiesOfType, resourcesWith } from './resources.ts';
import { grantsOf, type Parameters } from './template.ts';

const arnOf = (name: string, suffix = 'a1B2c3') =>
  `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${name}-${suffix}`;
const arn = arnOf('shop/live');
const stateMachine = 'arn:aws:states:eu-west-1:123456789012:stateMachine:redeploy';
const everything = {
  SecretName: 'shop/live',
  RotationSchedule: arn,
  ServiceEvents: 'true',
  RedeployStateMachineArn: stateMachine,
};

const properties = (id: string, parameters: Parameters = everything) =>
  Object(resourcesWith(parameters)[id]?.properties);
const pattern = (id: string): unknown => properties(id).EventPattern;

/** As AWS published one: its ARN stands beside the other data of the event. */
const serviceEvent = (eventName: string, where: object) => ({
  version: '0',
  'detail-type': 'AWS Service Event via CloudTrail',
  source: 'aws.secretsmanager',
  account: '123456789012',
  time: '2026-08-13T19:17:16Z',
  resources: [],
  detail: {
    userIdentity: { accountId: '123456789012', invokedBy: 'secretsmanager.amazonaws.com' },
    eventSource: 'secretsmanager.amazonaws.com',
    eventName,
    requestParameters: null,
    responseElements: null,
    eventType: 'AwsServiceEvent',
    ...where,
  },
});
const ofSecret = (SecretId: string) => ({ additionalEventData: { SecretId } });

// https://docs.aws.amazon.com/secretsmanager/latest/userguide/event-detail-secret-label-updated-secretsmanager.html
const labelEvent = (labelUpdated: string, name = 'shop/live') => ({
  version: '0',
  'detail-type': 'Secret Label Updated',
  source: 'aws.secretsmanager',
  resources: [arnOf(name)],
  detail: { name, labelUpdated, versionId: 'a1b2c3d4-5678-90ab-cdef-EXAMPLE11111' },
});

const rules = (parameters: Parameters) =>
  Object.keys(propertiesOfType('AWS::Events::Rule', parameters));

test('no rule is made unless it is asked for', () => {
  expect(rules({})).toEqual([]);
  expect(rules({ ServiceEvents: 'true' })).toEqual(['ServiceEventRule', 'RotationAbandonedRule']);
  expect(rules({ RedeployStateMachineArn: stateMachine })).toEqual(['RedeployRule']);
});

describe('what Secrets Manager reports of rotations', () => {
  test.each([
    ['RotationFailed', ofSecret(arn), true],
    ['RotationAbandoned', ofSecret(arn), true],
    ['TestRotationFailed', ofSecret(arn), true],
    ['RotationFailed', { serviceEventDetails: { secretId: arn } }, true],
    ['RotationSucceeded', ofSecret(arn), false],
    ['RotationFailed', ofSecret(arnOf('shop/live', 'x9Y8z7')), false],
    ['RotationFailed', ofSecret(arnOf('shop/live-2')), false],
    ['RotationFailed', {}, false],
  ])('goes to the topic: %s with %j: %s', (name, where, expected) => {
    expect(matches(pattern('ServiceEventRule'), serviceEvent(name, where))).toBe(expected);
  });

  test('reads as a sentence, with the next command', () => {
    const [{ Arn, InputTransformer }] = properties('ServiceEventRule').Targets;

    expect(Arn).toBe('<AlarmTopic>');
    expect(InputTransformer.InputPathsMap).toEqual({
      event: '$.detail.eventName',
      time: '$.time',
    });
    expect(JSON.parse(InputTransformer.InputTemplate)).toBe(
      'Secrets Manager reports <event> of the secret shop/live at <time>. Why: aws logs tail ' +
        '/aws/lambda/keyturn-rotate --region eu-west-1 --since 6h',
    );
  });

  test('goes to a topic that is there', () => {
    const topic = 'arn:aws:sns:eu-west-1:123456789012:pager';

    const { Targets } = properties('ServiceEventRule', { ...everything, AlarmTopicArn: topic });

    expect(Targets).toMatchObject([{ Arn: topic }]);
  });
});

describe('an abandoned rotation', () => {
  test.each([
    ['RotationAbandoned', arn, true],
    ['RotationFailed', arn, false],
    ['RotationAbandoned', arnOf('shop/live-2'), false],
  ])('has the secret looked after: %s of %s: %s', (name, secret, expected) => {
    expect(matches(pattern('RotationAbandonedRule'), serviceEvent(name, ofSecret(secret)))).toBe(
      expected,
    );
  });

  test('by what a daily run does', () => {
    const [{ Arn, Input }] = properties('RotationAbandonedRule').Targets;
    const event = parseReconcileEvent(JSON.parse(Input));

    expect(Arn).toBe('<ReconcileFunction.Arn>');
    expect(event).toEqual({ secret: arn });
    expect(isDaily(event)).toBe(true);
  });

  test('for which the rule may invoke the reconcile function, and no other rule may', () => {
    expect(properties('RotationAbandonedPermission')).toEqual({
      FunctionName: '<ReconcileFunction>',
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: '<RotationAbandonedRule.Arn>',
    });
  });
});

describe('another version that becomes current', () => {
  test.each([
    ['AWSCURRENT', 'shop/live', true],
    ['KEYTURN_MADE', 'shop/live', false],
    ['AWSCURRENT', 'shop/live-2', false],
  ])('starts the state machine: %s of %s: %s', (label, name, expected) => {
    expect(matches(pattern('RedeployRule'), labelEvent(label, name))).toBe(expected);
  });

  test('which the rule, and no other, may do, and nothing else', () => {
    expect(properties('RedeployRule')).toMatchObject({
      Name: 'keyturn-redeploy',
      Targets: [{ Arn: stateMachine, RoleArn: '<RedeployRole.Arn>' }],
    });
    expect(grantsOf('RedeployRole', everything)).toEqual({
      Redeploy: { actions: ['states:StartExecution'], resource: stateMachine },
    });
    expect(properties('RedeployRole')).toMatchObject({
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Principal: { Service: 'events.amazonaws.com' },
            Condition: {
              StringEquals: {
                'aws:SourceAccount': '123456789012',
                'aws:SourceArn': 'arn:aws:events:eu-west-1:123456789012:rule/keyturn-redeploy',
              },
            },
          },
        ],
      },
    });
  });
});
