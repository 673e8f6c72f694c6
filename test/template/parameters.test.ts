import { describe, expect, it, test } from 'vitest';
import { resolved, template, type Parameters } from './template.ts';

describe('a cadence that meets the grace is refused before anything is deployed', () => {
  test.each([
    ['twice a day', { Schedule: 'cron(0 1,13 * * ? *)' }],
    ['every four hours', { Schedule: 'cron(0 */4 * * ? *)' }],
    ['every hour of the day', { Schedule: 'cron(0 * * * ? *)' }],
    ['a rate', { Schedule: 'rate(4 hours)' }],
    ['a window of half a day', { ScheduleDuration: '12h' }],
    ['a grace of more than half a day', { TwilioGrace: '13h' }],
    ['a grace of a day', { TwilioGrace: '1d' }],
    ['a grace of more than half a day, in minutes', { TwilioGrace: '721m' }],
    ['a grace that Scheduler cannot keep', { TwilioGrace: '1m' }],
    ['a grace in seconds', { TwilioGrace: '60s' }],
  ])('%s', (_case, parameters) => {
    expect(refusals(parameters)).toEqual(Object.keys(parameters));
  });

  test.each([
    { Schedule: 'cron(0 3 * * ? *)', ScheduleDuration: '11h', TwilioGrace: '12h' },
    { Schedule: 'cron(0 23 L * ? *)', ScheduleDuration: '1h', TwilioGrace: '2m' },
    { Schedule: 'cron(0 8 ? * MON#1 *)', TwilioGrace: '720m' },
  ])('and %o is not', (parameters) => {
    expect(refusals(parameters)).toEqual([]);
  });
});

describe('parameters that do not fit together are refused', () => {
  const network = { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] };
  const endpoints = { EndpointsVpcId: 'vpc-1', EndpointsVpcCidr: '10.0.0.0/16' };

  test.each([
    ['nothing', {}, []],
    ['an instance and a cluster', { DbInstance: 'a', DbCluster: 'b' }, ['OneDatabase']],
    ['endpoints in a network', { ...network, ...endpoints }, []],
    ['endpoints without the addresses', { ...network, EndpointsVpcId: 'vpc-1' }, ['WholeNetwork']],
    ['endpoints without a network', endpoints, ['WholeNetwork']],
    [
      'endpoints without security groups',
      { SubnetIds: ['subnet-1'], ...endpoints },
      ['SubnetsWithGroups'],
    ],
    [
      'an alias of a key',
      { KmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:alias/a' },
      ['KmsKeyArn'],
    ],
  ] as const)('%s', (_case, parameters, expected) => {
    expect(refusals(parameters)).toEqual(expected);
  });
});

it('asks for every parameter in a group, with a description that says what empty means', () => {
  const { ParameterGroups: groups } = template.Metadata['AWS::CloudFormation::Interface'];

  expect(groups.flatMap(({ Parameters: names }) => names).toSorted()).toEqual(
    Object.keys(template.Parameters).toSorted(),
  );
  const optional = Object.entries(template.Parameters).filter(([, { Default }]) => Default === '');
  const silent = optional.filter(([, each]) => !/empty|where .* is given/i.test(each.Description));
  expect(silent.map(([name]) => name)).toEqual([]);
});

/** The parameters and rules that CloudFormation would refuse, by name. */
function refusals(parameters: Parameters): readonly string[] {
  const chosen = Object.entries(template.Parameters).map(
    ([name, declared]) => [name, parameters[name] ?? valueOf(declared), declared] as const,
  );
  const values = Object.fromEntries(chosen.map(([name, value]) => [name, value]));
  const broken = chosen.filter(([, value, declared]) =>
    [value].flat().some((each) => !allows(declared, each)),
  );
  const rules = Object.entries(template.Rules).flatMap(([name, { RuleCondition, Assertions }]) => {
    const applies = RuleCondition === undefined || resolved(RuleCondition, values) === true;
    const failed = Assertions.filter(({ Assert }) => resolved(Assert, values) !== true);
    return applies ? failed.map(() => name) : [];
  });
  return [...broken.map(([name]) => name), ...rules];
}

type Declared = (typeof template.Parameters)[string];

/** An empty list of parameters is one empty text. */
const valueOf = ({ Type, Default }: Declared) =>
  Type === 'CommaDelimitedList' ? String(Default).split(',') : Default;

function allows({ AllowedPattern, AllowedValues, MinValue, MaxValue }: Declared, value: unknown) {
  const number = Number(value);
  return (
    (AllowedPattern === undefined || new RegExp(`^(?:${AllowedPattern})$`).test(String(value))) &&
    (AllowedValues === undefined || AllowedValues.map(String).includes(String(value))) &&
    (MinValue === undefined || number >= MinValue) &&
    (MaxValue === undefined || number <= MaxValue)
  );
}
