import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { onTestFinished } from 'vitest';
import type { Wiring } from '../../../src/handlers/wiring.ts';
import { DrivenClock } from '../../../src/local/driven-clock.ts';
import { serveHttp } from '../../../src/local/http-server.ts';
import { createSecretsManager } from '../../../src/local/secrets-manager/secrets-manager.ts';
import { readConfiguration } from '../../../src/rotators/configuration.ts';
import { refusingJson } from '../../aws/answering.ts';
import { listeningLogger } from './lambda.ts';

const refuse = refusingJson('AccessDeniedException', 400);

const unused = () => {
  throw new Error('This test has no such system');
};

export const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:keyturn-rotate';
export const firstValue = 'the-first-secret-key-of-the-shop';

/** A wiring whose secret `shop/production` has one key at first, in the Secrets Manager stand-in. */
export async function wired(
  changes: Partial<Wiring> = {},
  values: Readonly<Record<string, string>> = { SECRET_KEY: firstValue },
) {
  const clock = new DrivenClock();
  const functions = new Map([[functionArn, async () => undefined]]);
  const manager = createSecretsManager({ clock, functions });
  const requests: string[] = [];
  const held = { until: Promise.resolve() };
  /** Operations that the service denies. */
  const denied = new Set<string>();
  const server = await serveHttp(async (request) => {
    const target = request.headers.get('x-amz-target') ?? '';
    requests.push(target);
    await held.until;
    if (denied.has(target.replace(/^.*\./, ''))) return refuse(request);
    return (await manager.service(request)) ?? new Response(null, { status: 404 });
  });
  const secretsManager = new SecretsManagerClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    manager.close();
    secretsManager.destroy();
    await server.close();
  });
  const { arn } = manager.createSecret({
    name: 'shop/production',
    arnSuffix: 'AbCdEf',
    secretString: JSON.stringify(values),
  });
  const { logger, lines } = listeningLogger();
  const systems = {
    clock,
    openRds: unused,
    openTwilioAccount: unused,
    openTwilioKeys: unused,
    postgres: { logIn: unused, open: unused },
    mysql: { logIn: unused, open: unused },
    readSecret: unused,
  };
  const wiring: Wiring = {
    configuration: readConfiguration(
      [{ secret: 'shop/*', keys: { SECRET_KEY: { rotator: 'random-key' } } }],
      systems,
    ),
    secretsManager,
    bookings: () => ({ book: async () => undefined }),
    clock,
    logger,
    ...changes,
  };
  const begin = (token: string) => manager.beginRotation(arn, { token, functionArn });
  return { wiring, clock, manager, lines, requests, held, denied, arn, begin };
}
