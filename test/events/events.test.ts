import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { parseReconcileEvent, parseRotationEvent } from '../../src/handlers/event.ts';
import { parseRotationFunctionEvent } from '../../src/handlers/rotation-function-event.ts';
import { development } from '../../src/local/stack/environments.ts';
import { templateOf, variablesOf } from '../../src/local/stack/deployment.ts';
import { template, variablesIn } from '../template/template.ts';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../../events/${name}.json`), 'utf8'));

const functions = ['RotationFunction', 'ReconcileFunction'];
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

it('test-only.json is that step alone, of a version of its own', () => {
  const rotation = parseRotationEvent(read('test-secret'));
  const test = parseRotationEvent(read('test-only'));

  expect(Object.keys(test)).toEqual(Object.keys(rotation));
  expect(test).toMatchObject({ Step: 'testSecret', SecretId: development.secretArn });
  expect(v.is(uuid, test.ClientRequestToken)).toBe(true);
  expect(test.ClientRequestToken).not.toBe(rotation.ClientRequestToken);
});

it.each(['inspect', 'rehearse', 'rollback'])('%s.json is what the command line sends', (name) => {
  expect(parseRotationFunctionEvent(read(name))).toEqual({
    Operation: name,
    SecretId: development.secretArn,
  });
});

it('compromise.json is what the command line sends, too', () => {
  expect(parseRotationFunctionEvent(read('compromise'))).toEqual({
    Operation: 'compromise',
    SecretId: development.secretArn,
    Key: 'SECRET_KEY',
  });
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

it('env.docker.json is the same, with the name that a container has for this machine', () => {
  const text = JSON.stringify(read('env')).replaceAll('127.0.0.1', 'host.docker.internal');

  expect(read('env.docker')).toEqual(JSON.parse(text));
});

it.each(['env', 'env.docker'])(
  '%s.json overrides nothing but what the template declares for both functions: no other would arrive',
  (name) => {
    const overridden = v.parse(v.record(v.string(), v.record(v.string(), v.string())), read(name));

    expect(Object.keys(overridden)).toEqual(functions);
    for (const logicalId of functions) {
      expect(Object.keys(variablesIn())).toEqual(
        expect.arrayContaining(Object.keys(overridden[logicalId] ?? {})),
      );
      expect(template.Resources[logicalId]?.Properties).not.toHaveProperty('Environment');
    }
  },
);

it('docs/invoking.md says what each file is for, and names no other', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/invoking.md'), 'utf8');
  const named = [...page.matchAll(/events\/([\w.-]+\.json)/g)].map(([, name]) => name);

  expect(new Set(named)).toEqual(new Set(readdirSync(join(import.meta.dirname, '../../events'))));
});
