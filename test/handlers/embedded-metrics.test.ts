import { expect, test } from 'vitest';
import { embeddedMetrics } from '../../src/handlers/embedded-metrics.ts';
import { metricUnits, type MetricName } from '../../src/handlers/metrics.ts';
import { emittedIn } from './support/embedded-metrics.ts';
import { listeningLogger } from './support/lambda.ts';

const Secret = 'shop/production';
const isMetric = (name: string): name is MetricName => name in metricUnits;
const names = Object.keys(metricUnits).filter(isMetric);

const embedded = (measurements: Parameters<typeof embeddedMetrics>[1]) => {
  const { logger, lines } = listeningLogger();
  const startedAt = new Date();
  const emitted = embeddedMetrics({ secret: Secret, startedAt, logger }, measurements);
  return { emitted, lines };
};

test('nothing measured is no line', () => {
  expect(embedded([])).toEqual({ emitted: [], lines: [] });
});

test('every metric fits into one line, with its unit', () => {
  const { emitted, lines } = embedded(names.map((name) => ({ name, value: 1 })));

  expect(emitted.map(emittedIn)).toEqual([
    { dimensions: [{ Secret }], metrics: Object.fromEntries(names.map((name) => [name, 1])) },
  ]);
  for (const [name, unit] of Object.entries(metricUnits)) {
    expect(emitted[0]).toContain(JSON.stringify({ Name: name, Unit: unit }));
  }
  expect(lines).toEqual([]);
});

test('each code is a line of its own, under the secret and under the secret and the code', () => {
  const { emitted, lines } = embedded([
    { name: 'RotationFailed', value: 1, code: 'KEY_MISSING' },
    { name: 'RotationUndone', value: 1 },
    { name: 'ReconcileFailed', value: 1, code: 'KEEP_REJECTED' },
  ]);

  expect(emitted.map(emittedIn)).toEqual([
    {
      dimensions: [{ Secret }, { Secret, Code: 'KEY_MISSING' }],
      metrics: { RotationFailed: 1 },
    },
    { dimensions: [{ Secret }], metrics: { RotationUndone: 1 } },
    {
      dimensions: [{ Secret }, { Secret, Code: 'KEEP_REJECTED' }],
      metrics: { ReconcileFailed: 1 },
    },
  ]);
  expect(lines).toEqual([]);
});
