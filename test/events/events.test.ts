import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { parseReconcileEvent, parseRotationEvent } from '../../src/handlers/event.ts';
import { development } from '../../src/local/stack/environments.ts';
import { templateOf, variablesOf } from '../../src/local/stack/deployment.ts';
import { variablesIn } from '../template/template.ts';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../../events/${name}.json`), 'utf8'));

const uuid = v.pipe(v.string(), v.uuid());

it.each(['create', 'set', 'test', 'finish'])(
  '%s-secret.json is what Secrets Manager sends',
  (step) => {
    const event = parseRotationEvent(read(`${step}-secret`));

    expect(Object.keys(event)).toEqual(['Step', 'SecretId', 'ClientRequestToken', 'RotationToken']);
    expect(event.Step).toBe(`${step}Secret`);
    expect(event.SecretId).toBe(development.secretArn);
    expect(v.is(uuid, event.ClientRequestToken)).toBe(true);
  },
);

it('the four events are the steps of one rotation', () => {
  const rotations = ['create', 'set', 'test', 'finish'].map((step) => {
    const { Step: _, ...rotation } = parseRotationEvent(read(`${step}-secret`));
    return JSON.stringify(rotation);
  });

  expect(new Set(rotations).size).toBe(1);
});

it('reconcile.json names the same secret', () => {
  expect(parseReconcileEvent(read('reconcile'))).toEqual({ secret: development.secretArn });
});

it('env.json holds what the local stack gives the functions of this environment', () => {
  const { AWS_REGION: setByLambda, ...variables } = variablesOf({
    environment: development,
    template: templateOf(development, '60s'),
    awsUrl: 'http://127.0.0.1:4566',
    twilioUrl: 'http://127.0.0.1:4567',
  });

  expect(setByLambda).toBeDefined();
  expect(read('env')).toEqual({ RotationFunction: variables, ReconcileFunction: variables });
});

it('env.json overrides nothing that the template does not declare', () => {
  const { RotationFunction: overridden } = v.parse(
    v.object({ RotationFunction: v.record(v.string(), v.string()) }),
    read('env'),
  );

  expect(Object.keys(variablesIn())).toEqual(expect.arrayContaining(Object.keys(overridden)));
});
