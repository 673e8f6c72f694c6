import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { metricUnits, namespace } from '../../src/handlers/metrics.ts';
import { production } from '../../src/local/stack/environments.ts';
import { alarmOf, type Alarm } from '../support/cloudwatch/alarm.ts';
import { propertiesOfType, resourcesWith } from './resources.ts';
import type { Parameters } from './template.ts';

const alarmsWith = (parameters: Parameters = {}): readonly Alarm[] =>
  Object.values(propertiesOfType('AWS::CloudWatch::Alarm', parameters)).map(alarmOf);

const names = [
  'keyturn-rotation-overdue',
  'keyturn-rotation-off',
  'keyturn-retirement-owed',
  'keyturn-dead-letters',
  'keyturn-rotation-failed',
  'keyturn-reconcile-failed',
  'keyturn-rotate-broken',
  'keyturn-reconcile-broken',
];
const daily = names.slice(0, 4);

test('are there unless they are not wanted', () => {
  expect(alarmsWith().map(({ AlarmName }) => AlarmName)).toEqual(names);
  expect(alarmsWith({ Alarms: 'false' })).toEqual([]);
});

test('watch metrics that are emitted, of this secret, and the errors of these functions', () => {
  const queries = alarmsWith({ SecretName: 'shop/live' }).flatMap((alarm) => alarm.queries);

  for (const { metric } of queries.filter((query) => query.metric.namespace === namespace)) {
    expect(Object.keys(metricUnits)).toContain(metric.name);
    expect(metric.dimensions).toEqual({ Secret: 'shop/live' });
  }
  expect(
    queries.map(({ metric }) => metric).filter((metric) => metric.namespace !== namespace),
  ).toEqual(
    ['<RotationFunction>', '<ReconcileFunction>'].map((name) => ({
      namespace: 'AWS/Lambda',
      name: 'Errors',
      dimensions: { FunctionName: name },
    })),
  );
});

test('watch the secret that is named after the environment too', () => {
  const queries = alarmsWith({ Environment: 'production' }).flatMap((alarm) => alarm.queries);
  const secrets = queries.flatMap(({ metric }) => metric.dimensions['Secret'] ?? []);

  expect(new Set(secrets)).toEqual(new Set([production.secretName]));
});

describe('each description', () => {
  const longest = {
    'AWS::StackName': 's'.repeat(54),
    'AWS::Region': 'ap-northeast-1',
    SecretName: 'n'.repeat(512),
  };

  test.each(Object.entries(propertiesOfType('AWS::CloudWatch::Alarm', longest)))(
    'fits, whatever the names are: %s',
    (_id, { AlarmDescription: text }) => {
      expect(text).toContain('n'.repeat(512));
      expect(String(text).length).toBeLessThanOrEqual(1_024);
      expect(text).not.toContain('  ');
    },
  );

  test.each(names)('says where to look, and the next command: %s', (name) => {
    const alarm = alarmsWith({ SecretName: 'shop/live' }).find((one) => one.AlarmName === name);

    expect(alarm?.AlarmDescription).toContain('shop/live');
    expect(alarm?.AlarmDescription).toMatch(
      /Logs Insights on \/aws\/lambda\/keyturn-(rotate|reconcile): filter /,
    );
    expect(alarm?.AlarmDescription).toMatch(
      /aws (secretsmanager rotate-secret|lambda invoke|logs tail) .*--region eu-west-1/,
    );
  });

  test('names functions and groups of logs as they are named', () => {
    const [resources, said] = [resourcesWith(), alarmsWith().map((one) => one.AlarmDescription)];
    const made = Object.values(resources).flatMap(({ properties }) =>
      [properties['FunctionName'], properties['LogGroupName']].flatMap((name) => name ?? []),
    );

    const named = said.join().match(/\/aws\/lambda\/[-\w]+|(?<=--function-name )[-\w]+/g) ?? [];

    expect(made).toEqual(expect.arrayContaining(named));
    expect(named.length).toBeGreaterThan(8);
  });
});

const told = (parameters: Parameters) =>
  alarmsWith(parameters).flatMap(({ AlarmActions, OKActions = [] }) => [
    ...AlarmActions,
    ...OKActions,
  ]);

describe('tell a topic', () => {
  const existing = 'arn:aws:sns:eu-west-1:123456789012:pager';

  test.each([
    ['one of the stack’s own', {}, '<AlarmTopic>'],
    ['one that is there', { AlarmTopicArn: existing }, existing],
  ])('%s', (_case, parameters, topic) => {
    expect(new Set(told(parameters))).toEqual(new Set([topic]));
  });

  test('when they end, too, where something was mended and not only time passed', () => {
    const toldOfEnd = alarmsWith().filter(({ OKActions }) => OKActions);

    expect(toldOfEnd.map(({ AlarmName }) => AlarmName)).toEqual(daily);
  });

  test.each([
    ['by default', {}, ['AlarmTopic', 'AlarmTopicPolicy']],
    [
      'with an address',
      { AlarmEmail: 'on-call@example.com' },
      ['AlarmTopic', 'AlarmTopicPolicy', 'AlarmSubscription'],
    ],
    ['where there is one', { AlarmTopicArn: existing }, []],
    ['without alarms', { Alarms: 'false', AlarmEmail: 'on-call@example.com' }, []],
    [
      'without alarms, with events',
      { Alarms: 'false', ServiceEvents: 'true' },
      ['AlarmTopic', 'AlarmTopicPolicy'],
    ],
  ])('which is made %s: %j', (_case, parameters, made) => {
    const resources = Object.entries(resourcesWith(parameters))
      .filter(([, { type }]) => type.startsWith('AWS::SNS::'))
      .map(([id]) => id);

    expect(resources).toEqual(made);
  });

  test.each([
    ['alarms of this stack', {}, ['Alarms']],
    ['those and the rule', { ServiceEvents: 'true' }, ['Alarms', 'ServiceEvents']],
  ])('that lets publish nobody but %s', (_case, parameters, allowed) => {
    const { PolicyDocument } = Object(resourcesWith(parameters)['AlarmTopicPolicy']?.properties);
    const bounds = {
      Alarms: {
        StringEquals: { 'aws:SourceAccount': '123456789012' },
        ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:keyturn-*' },
      },
      // AWS: EventBridge publishes to no topic under a condition.
      ServiceEvents: undefined,
    };
    const services = { Alarms: 'cloudwatch.amazonaws.com', ServiceEvents: 'events.amazonaws.com' };

    expect(PolicyDocument.Statement).toEqual([
      ...(['Alarms', 'ServiceEvents'] as const)
        .filter((sid) => allowed.includes(sid))
        .map((Sid) => ({
          Sid,
          Effect: 'Allow',
          Principal: { Service: services[Sid] },
          Action: 'sns:Publish',
          Resource: '<AlarmTopic>',
          ...(bounds[Sid] && { Condition: bounds[Sid] }),
        })),
      {
        Sid: 'OnlyOverTls',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sns:Publish',
        Resource: '<AlarmTopic>',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ]);
  });
});

test('are those that docs/operating.md says what to do about', () => {
  const page = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8');
  const section = /\n## Alarms\n.*?(?=\n## )/s.exec(page)?.[0] ?? '';
  const rows = [...section.matchAll(/^\| `…(-[-a-z]+)` +\|(.+)\|(.+)\|$/gm)];

  expect(rows.map(([, name]) => `keyturn${name}`)).toEqual(names);
  for (const [, , meaning, whatToDo] of rows) {
    expect(meaning).toMatch(/\w\./);
    expect(whatToDo).toMatch(/\[.+\]\(#.+\)|`aws .+`/);
  }
});
