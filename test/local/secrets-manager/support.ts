import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as aws from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { onTestFinished } from 'vitest';
import { DrivenClock } from '../../../src/local/driven-clock.ts';
import type { LocalFunction } from '../../../src/local/functions.ts';
import { serveHttp } from '../../../src/local/http-server.ts';
import {
  createSecretsManager,
  type RotationEvent,
  type SecretsManagerBehaviour,
} from '../../../src/local/secrets-manager/secrets-manager.ts';

export const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:rotate';
export const name = 'reminder-app/production';

const stepEvent = v.object({
  Step: v.string(),
  SecretId: v.string(),
  ClientRequestToken: v.string(),
  RotationToken: v.exactOptional(v.string()),
});

/** What a rotation function is sent. */
export type StepEvent = v.InferOutput<typeof stepEvent>;

/** A stand-in behind real HTTP, a real client, and the secret `name` with the value `value-1`. */
export async function start(behaviour: Partial<SecretsManagerBehaviour> = {}) {
  const clock = new DrivenClock();
  const functions = new Map<string, LocalFunction>();
  const manager = createSecretsManager({ clock, functions, behaviour });
  const server = await serveHttp(async (request) => {
    return (await manager.service(request)) ?? new Response('another service', { status: 404 });
  });
  const client = new SecretsManagerClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const events: RotationEvent[] = [];
  manager.onEvent((event) => events.push(event));
  onTestFinished(async () => {
    manager.close();
    client.destroy();
    await server.close();
  });

  const { arn, versionId: first } = manager.createSecret({
    name,
    arnSuffix: 'AbCdEf',
    secretString: 'value-1',
  });
  return { clock, functions, manager, client, url: server.url, events, arn, first };
}

export type Started = Awaited<ReturnType<typeof start>>;

/** Lets the rotations under way come to their end, retries included. */
export const settle = ({ clock, manager }: Started) => clock.drive(manager.idle());

export async function labels({ client }: Started, SecretId = name) {
  const described = await client.send(new aws.DescribeSecretCommand({ SecretId }));
  return described.VersionIdsToStages ?? {};
}

export const get = ({ client }: Started, more: Partial<aws.GetSecretValueCommandInput> = {}) =>
  client.send(new aws.GetSecretValueCommand({ SecretId: name, ...more }));

export const put = ({ client }: Started, more: Partial<aws.PutSecretValueCommandInput> = {}) =>
  client.send(new aws.PutSecretValueCommand({ SecretId: name, SecretString: 'value-2', ...more }));

export const rotate = ({ client }: Started, more: Partial<aws.RotateSecretCommandInput> = {}) =>
  client.send(new aws.RotateSecretCommand({ SecretId: name, ...more }));

export const moveLabel = (
  { client }: Started,
  move: Partial<aws.UpdateSecretVersionStageCommandInput>,
) =>
  client.send(
    new aws.UpdateSecretVersionStageCommand({
      SecretId: name,
      VersionStage: 'AWSCURRENT',
      ...move,
    }),
  );

/** Registers a function that keeps the protocol. `before` runs first in each step, and may throw. */
export function register(
  started: Started,
  before: (event: StepEvent) => Promise<void> | void = () => undefined,
): StepEvent[] {
  const received: StepEvent[] = [];
  started.functions.set(functionArn, async (input) => {
    const event = v.parse(stepEvent, input);
    received.push(event);
    await before(event);
    await keepProtocol(started, event);
  });
  return received;
}

async function keepProtocol(started: Started, event: StepEvent): Promise<void> {
  const { ClientRequestToken: token, RotationToken } = event;
  const current = started.manager.inspect(name)?.versionId;
  if (current === token) return;

  if (event.Step === 'createSecret') {
    await put(started, {
      ClientRequestToken: token,
      SecretString: `value-of-${token}`,
      VersionStages: ['AWSPENDING'],
      RotationToken,
    });
  }
  if (event.Step === 'finishSecret') {
    await moveLabel(started, { MoveToVersionId: token, RemoveFromVersionId: current });
  }
}

/** The event types in order, steps as `createSecret passed` and the like. */
export const story = (events: readonly RotationEvent[]) =>
  events
    .filter(({ type }) => type !== 'StepStarted')
    .map(({ type, step }) =>
      step ? `${step} ${type === 'StepFailed' ? 'failed' : 'passed'}` : type,
    );

export const wholeRotation = [
  'createSecret passed',
  'setSecret passed',
  'testSecret passed',
  'finishSecret passed',
];
