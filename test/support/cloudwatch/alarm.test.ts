import { describe, expect, test } from 'vitest';
import { judge, stateAt, alarmOf } from './alarm.ts';
import { evaluateMath } from './metric-math.ts';
import { RecordedMetrics } from './recorded-metrics.ts';

const judgedBy = (DatapointsToAlarm: number, TreatMissingData: 'breaching' | 'notBreaching') => ({
  ComparisonOperator: 'GreaterThanThreshold' as const,
  Threshold: 0,
  EvaluationPeriods: 3,
  DatapointsToAlarm,
  TreatMissingData,
});

/** As in AWS's tables: 0 is good, X is bad, - is missing; the latest is last. */
const series = (text: string) =>
  text.split(' ').map((one) => (one === '-' ? undefined : Number(one === 'X')));

describe('judges as the tables in AWS’s documentation do', () => {
  test.each([
    [3, '0 - X - X', 'OK', 'OK'],
    [3, '0 - - - -', 'OK', 'OK'],
    [3, '- - - - -', 'ALARM', 'OK'],
    [3, '0 X X - X', 'ALARM', 'ALARM'],
    [3, '- - X - -', 'ALARM', 'OK'],
    [2, '0 - X - X', 'ALARM', 'ALARM'],
    [2, '0 0 X 0 X', 'ALARM', 'ALARM'],
    [2, '0 - X - -', 'ALARM', 'OK'],
    [2, '- - - - 0', 'ALARM', 'OK'],
    [2, '- - - X -', 'ALARM', 'OK'],
  ])('%i of 3: %s is %s where missing is bad, else %s', (toAlarm, points, bad, good) => {
    expect(judge(judgedBy(toAlarm, 'breaching'), series(points))).toBe(bad);
    expect(judge(judgedBy(toAlarm, 'notBreaching'), series(points))).toBe(good);
  });
});

describe('metric math', () => {
  const given = {
    series: { a: [1, undefined, 2], b: [undefined, undefined, 1], none: [undefined, undefined] },
    fillsEmpty: true,
  };

  test.each([
    ['a', [1, undefined, 2]],
    ['a - b', [1, undefined, 1]],
    ['FILL(a, 7)', [1, 7, 2]],
    ['FILL(none, 7)', [7, 7]],
    ['RUNNING_SUM(FILL(a, 0) - FILL(b, 0))', [1, 1, 2]],
  ])('%s', (expression, expected) => {
    expect(evaluateMath(expression, given)).toEqual(expected);
  });

  test('may leave a series without any value as it is', () => {
    expect(evaluateMath('FILL(none, 7)', { ...given, fillsEmpty: false })).toEqual(
      given.series.none,
    );
  });

  test.each([
    ['c', 'No metric of that id: c'],
    ['MAX(a)', 'No function of the tests: MAX'],
    ['FILL(a', ', expected'],
    ['FILL(a 1)', ', expected'],
    ['a b', 'Not understood: b'],
  ])('refuses %s', (expression, message) => {
    expect(() => evaluateMath(expression, given)).toThrow(message);
  });
});

describe('periods', () => {
  const hour = 3_600_000;
  const metric = { namespace: 'N', name: 'M', dimensions: { D: 'd' } };
  const alarm = alarmOf({
    ...judgedBy(1, 'notBreaching'),
    EvaluationPeriods: 1,
    AlarmName: 'a',
    AlarmDescription: 'b',
    AlarmActions: ['c'],
    Namespace: 'N',
    MetricName: 'M',
    Dimensions: [{ Name: 'D', Value: 'd' }],
    Period: 3600,
    Statistic: 'Sum',
  });
  const metrics = new RecordedMetrics();
  metrics.add(metric, { value: 1, at: 10.5 * hour, knownAt: 10.6 * hour });

  test.each([
    { periods: 'sliding', alarms: [10.6, 11.4], not: [10.5, 11.6] },
    { periods: 'by-the-clock', alarms: [10.6, 10.9], not: [10.5, 11.1] },
    { periods: 'by-the-clock, whole', alarms: [11.1, 11.9], not: [10.6, 12.1] },
  ] as const)('$periods', ({ periods, alarms, not }) => {
    const at = (hours: number) =>
      stateAt(alarm, {
        metrics,
        now: hours * hour,
        evaluation: { periods, beyond: 0, fillsEmpty: true },
      });

    expect([alarms.map(at), not.map(at)]).toEqual([
      ['ALARM', 'ALARM'],
      ['OK', 'OK'],
    ]);
  });
});
