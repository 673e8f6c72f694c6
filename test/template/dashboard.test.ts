import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { metricUnits, namespace } from '../../src/handlers/metrics.ts';
import { propertiesOfType, resourcesWith } from './resources.ts';

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
const place = { x: v.number(), y: v.number(), width: v.number(), height: v.number() };
const options = v.looseObject({ expression: v.optional(v.string()) });
const metricWidget = v.strictObject({
  type: v.literal('metric'),
  ...place,
  properties: v.looseObject({
    title: v.string(),
    region: v.literal('eu-west-1'),
    view: v.picklist(['singleValue', 'timeSeries']),
    metrics: v.array(v.pipe(v.array(v.union([v.string(), options])), v.minLength(1))),
  }),
});
const logWidget = v.strictObject({
  type: v.literal('log'),
  ...place,
  properties: v.strictObject({
    title: v.string(),
    region: v.literal('eu-west-1'),
    view: v.literal('table'),
    query: v.string(),
  }),
});
const body = v.strictObject({
  periodOverride: v.literal('inherit'),
  widgets: v.array(v.variant('type', [metricWidget, logWidget])),
});

const dashboard = () => {
  const [properties] = Object.values(
    propertiesOfType('AWS::CloudWatch::Dashboard', { Dashboard: 'true', SecretName: 'shop/live' }),
  );
  return v.parse(v.pipe(v.string(), v.parseJson(), body), properties?.['DashboardBody']);
};

const metricsShown = () =>
  dashboard().widgets.flatMap((widget) =>
    widget.type === 'metric' ? widget.properties.metrics : [],
  );
const expressions = () =>
  metricsShown().flatMap(([first]) => (typeof first === 'object' ? [first.expression] : []));
/** Namespace, name, and the dimension. */
const metrics = () =>
  metricsShown()
    .map((metric) => metric.filter((part) => typeof part === 'string'))
    .filter((metric) => metric.length > 0);

test('is made where it is asked for, and bears the name of the stack', () => {
  expect(propertiesOfType('AWS::CloudWatch::Dashboard')).toEqual({});
  expect(resourcesWith({ Dashboard: 'true' })['RotationDashboard']?.properties).toMatchObject({
    DashboardName: 'keyturn',
  });
});

describe('shows', () => {
  test('metrics that are emitted, of this secret', () => {
    const own = metrics().filter(([space]) => space === namespace);

    expect(Object.keys(metricUnits)).toEqual(expect.arrayContaining(own.map(([, name]) => name)));
    expect(new Set(own.map(([, , dimension, value]) => `${dimension}=${value}`))).toEqual(
      new Set(['Secret=shop/live']),
    );
  });

  test('errors, throttles and durations of both functions', () => {
    const others = metrics().filter(([space]) => space !== namespace);

    expect(others.map((metric) => metric.join(' ')).toSorted()).toEqual(
      ['Duration', 'Errors', 'Throttles'].flatMap((name) =>
        ['reconcile', 'rotate'].map((which) => `AWS/Lambda ${name} FunctionName keyturn-${which}`),
      ),
    );
  });

  test('when it last rotated, how long it took, and what is owed', () => {
    expect(metrics().map(([, name]) => name)).toEqual(
      expect.arrayContaining([
        'CurrentVersionAge',
        'RotationFinished',
        'SwitchGap',
        'RotationDuration',
        'RotationEnabled',
        'RotationOverdue',
        'RetirementOwed',
        'DeadLetters',
      ]),
    );
  });

  test('failures by their codes, which are measured under just these dimensions', () => {
    expect(expressions()).toContain(
      `SEARCH('{${namespace},Secret,Code} Secret="shop/live"', 'Sum', 3600)`,
    );
  });

  test('what the logs of both functions say of what failed', () => {
    const log = dashboard().widgets.find(({ type }) => type === 'log');

    expect(log).toMatchObject({
      properties: {
        query: expect.stringMatching(
          /^SOURCE '\/aws\/lambda\/keyturn-rotate' \| SOURCE '\/aws\/lambda\/keyturn-reconcile' \| fields /,
        ),
      },
    });
  });
});

test('is laid out without anything over anything else, on 24 columns', () => {
  const { widgets } = dashboard();

  for (const [index, one] of widgets.entries()) {
    expect(one.x + one.width).toBeLessThanOrEqual(24);
    for (const other of widgets.slice(index + 1)) {
      const apart =
        one.x + one.width <= other.x ||
        other.x + other.width <= one.x ||
        one.y + one.height <= other.y ||
        other.y + other.height <= one.y;
      expect(apart, `${one.properties.title} and ${other.properties.title}`).toBe(true);
    }
  }
});
