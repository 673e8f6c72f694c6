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
    ['a grace of a password of more than half a day', { DbGrace: '13h' }],
    ['a grace of a password that Scheduler cannot keep', { DbGrace: '1m' }],
  ])('%s', (_case, parameters) => {
    expect(refusals(parameters)).toEqual(Object.keys(parameters));
  });

  test.each([
    { Schedule: 'cron(0 3 * * ? *)', ScheduleDuration: '11h', TwilioGrace: '12h' },
    { Schedule: 'cron(0 23 L * ? *)', ScheduleDuration: '1h', TwilioGrace: '2m' },
    { Schedule: 'cron(0 8 ? * MON#1 *)', TwilioGrace: '720m', DbGrace: '2m' },
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

describe('of the database, parameters that do not fit together are refused', () => {
  const secretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/admin-AbCdEf';
  const keyArn = 'arn:aws:kms:eu-west-1:123456789012:key/0f1e2d3c';
  const one = { DbRotator: 'postgres-password', DbHost: 'db.internal' };
  const two = {
    DbRotator: 'postgres-alternating',
    DbInstance: 'orders',
    DbUsers: 'app_a,app_b',
    DbAdminSecretArn: secretArn,
  };
  const mysql = { DbRotator: 'mysql-password', DbCluster: 'orders', DbUser: 'app' };

  test.each([
    ['a user’s password, by a host', one, []],
    ['by an instance', { ...one, DbHost: '', DbInstance: 'orders' }, []],
    ['by the host in the secret', { ...one, DbHost: '' }, []],
    ['a host and an instance', { ...one, DbInstance: 'orders' }, ['OneDatabase']],
    ['a host and a cluster', { ...one, DbCluster: 'orders' }, ['OneDatabase']],
    ['with all that can be said of it', { ...one, DbPort: '5433', DbName: 'shop' }, []],
    ['with an administrator', { ...one, DbAdminSecretArn: secretArn }, []],
    [
      'and a key of his secret',
      { ...one, DbAdminSecretArn: secretArn, DbAdminKmsKeyArn: keyArn },
      [],
    ],
    ['a key of no secret', { ...one, DbAdminKmsKeyArn: keyArn }, ['AdminWithKey']],
    ['two users', two, []],
    ['two users that are one', { ...two, DbUsers: 'app_a' }, ['DbUsers']],
    ['two users that are three', { ...two, DbUsers: 'a,b,c' }, ['DbUsers']],
    ['two users that are not named', { ...two, DbUsers: '' }, ['Alternating']],
    ['two users without an administrator', { ...two, DbAdminSecretArn: '' }, ['Alternating']],
    ['two users and a third', { ...two, DbUser: 'app' }, ['Alternating']],
    ['two users of another rotator', { ...one, DbUsers: 'app_a,app_b' }, ['OnlyAlternating']],
    ['one password at a time', { ...mysql, DbPasswords: 'one' }, []],
    ['one password at a time elsewhere', { ...one, DbPasswords: 'one' }, ['OnlyMysql']],
    ['a master password, by a host', { DbHost: 'db.internal' }, ['MasterPassword']],
    ['of a user', { DbInstance: 'orders', DbUser: 'app' }, ['MasterPassword']],
    ['at a port', { DbInstance: 'orders', DbPort: '5433' }, ['MasterPassword']],
    [
      'by an administrator',
      { DbInstance: 'orders', DbAdminSecretArn: secretArn },
      ['MasterPassword'],
    ],
    ['a port that is none', { ...one, DbPort: '65536' }, ['DbPort']],
    [
      'an administrator by a name',
      { ...one, DbAdminSecretArn: 'shop/admin' },
      ['DbAdminSecretArn'],
    ],
    [
      'by an ARN without its end',
      { ...one, DbAdminSecretArn: secretArn.slice(0, -7) },
      ['DbAdminSecretArn'],
    ],
    [
      'whose secret RDS manages',
      { ...one, DbAdminSecretArn: secretArn.replace('shop/admin', 'rds!db-0f1e') },
      [],
    ],
  ])('%s', (_case, parameters, expected) => {
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
