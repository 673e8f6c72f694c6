import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { metricUnits } from '../../src/handlers/metrics.ts';
import { shortForms } from '../../src/local/template/intrinsics.ts';
import { rotatorKinds } from '../../src/rotators/list.ts';
import { propertiesOfType } from '../template/resources.ts';
import { template } from '../template/template.ts';

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const deploying = read('docs/deploying.md');
const choosing = read('docs/choosing.md');

const sectionOf = (page: string, title: string) =>
  page.split(`\n${title}\n`)[1]?.split(/\n##+ /)[0] ?? '';

test('whoever deploys is told of every service that the template makes something of', () => {
  const types = Object.values(template.Resources).map(({ Type }) => Type.split('::')[1] ?? '');
  const services = types.map((name) => (name === 'Serverless' ? 'lambda' : name.toLowerCase()));
  const rows = sectionOf(deploying, '### Permissions to deploy').matchAll(/^\| `(\w+)`/gm);

  expect([...rows].map(([, service]) => service)).toEqual(
    expect.arrayContaining([...new Set(services)]),
  );
});

test('the outputs it names exist', () => {
  const { Outputs: outputs } = v.parse(
    v.object({ Outputs: v.record(v.string(), v.unknown()) }),
    parse(read('template.yaml'), { customTags: shortForms }),
  );
  const named = [deploying, choosing].flatMap((page) =>
    [...page.matchAll(/outputs? `(\w+)`|as `(\w+Now)`/g)].map(([, one, other]) => one ?? other),
  );

  expect(named.length).toBeGreaterThan(3);
  expect(Object.keys(outputs)).toEqual(expect.arrayContaining(named));
});

test('every schedule it shows is one that the template takes', () => {
  const pattern = new RegExp(`^${template.Parameters['Schedule']?.AllowedPattern}$`);
  const shown = [deploying, choosing].flatMap((page) => page.match(/cron\([^)]*\)/g) ?? []);

  expect(shown.filter((schedule) => !pattern.test(schedule))).toEqual([]);
});

test('the interface endpoints it names are those that the stack makes', () => {
  expect(sectionOf(deploying, '### Interface endpoints')).toContain(
    '`secretsmanager` and `sqs`, with `DbInstance` or `DbCluster` `rds`, with a database or Twilio `scheduler`',
  );
  expect(endpointsWith({})).toEqual(['secretsmanager', 'sqs']);
  expect(endpointsWith({ DbInstance: 'a' })).toEqual(['secretsmanager', 'sqs', 'rds', 'scheduler']);
  expect(endpointsWith({ RotateTwilio: 'true' })).toEqual(['secretsmanager', 'sqs', 'scheduler']);
  expect(endpointsWith({ DbRotator: 'mysql-password' })).toEqual([
    'secretsmanager',
    'sqs',
    'scheduler',
  ]);
});

describe('the costs', () => {
  const costs = sectionOf(deploying, '## What it costs');

  it('count the metrics in the alarms', () => {
    const alarms = Object.values(propertiesOfType('AWS::CloudWatch::Alarm'));
    const perAlarm = alarms.map(({ Metrics }) =>
      Array.isArray(Metrics) ? Metrics.filter((metric) => 'MetricStat' in metric).length : 1,
    );

    expect(perAlarm.toSorted((one, other) => one - other)).toEqual([1, 1, 1, 1, 1, 1, 3, 5]);
    expect(costs).toContain('billed by the metrics in them: 14.');
  });

  it('count the metrics that are emitted', () => {
    expect(costs).toContain(`at most ${Object.keys(metricUnits).length},`);
  });
});

test.each(rotatorKinds.map(({ name }) => name))(
  'docs/choosing.md says which applications can have %s',
  (name) => {
    const rows = choosing
      .split('\n')
      .filter((line) => /^\| ([^|]+)/.exec(line)?.[1]?.includes(`\`${name}\``));

    expect(rows).not.toEqual([]);
    for (const row of rows) expect(row.match(/\*\*(safe|safe with|not safe)\*\*/g)).toHaveLength(3);
  },
);

function endpointsWith(parameters: object): readonly (string | undefined)[] {
  const network = { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'], EndpointsVpcId: 'vpc-1' };
  const made = propertiesOfType('AWS::EC2::VPCEndpoint', { ...network, ...parameters });
  return Object.values(made).map(({ ServiceName }) => String(ServiceName).split('.').at(-1));
}
