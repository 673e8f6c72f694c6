import { connect } from 'node:net';
import { once } from 'node:events';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import environment from '../../events/env.docker.json' with { type: 'json' };
import createSecret from '../../events/create-secret.json' with { type: 'json' };
import finishSecret from '../../events/finish-secret.json' with { type: 'json' };
import reconcile from '../../events/reconcile.json' with { type: 'json' };
import setSecret from '../../events/set-secret.json' with { type: 'json' };
import testSecret from '../../events/test-secret.json' with { type: 'json' };
import { realClock } from '../../src/local/clock.ts';
import { localCredentials } from '../../src/local/stack/deployment.ts';
import { development } from '../../src/local/stack/environments.ts';
import { startStack, type Stack } from '../../src/local/stack/stack.ts';
import { ownAddress } from '../foreign/own-address.ts';
import { runContained } from '../foreign/run-contained.ts';
import { login } from '../local/postgres/login.ts';
import { variablesIn } from '../template/template.ts';
import { bundled, type Bundled } from './bundled.ts';

const address = ownAddress();
const { secretName, rotateArn: functionArn, dbUser } = development;

// What a container of `sam local invoke` cannot do is reach 127.0.0.1: nothing listens there.
describe.skipIf(address === undefined)('a function that knows this machine by another name', () => {
  let stack: Stack;
  let built: Bundled;
  beforeAll(async () => {
    [stack, built] = await Promise.all([
      startStack({ clock: realClock, grace: '60s', host: address ?? '' }),
      bundled(),
    ]);
  });
  afterAll(async () => {
    await stack.stop();
    await built[Symbol.asyncDispose]();
  });

  it.each(['once', 'twice'])('rotates every key, step by step, %s', async () => {
    const before = published();
    const { ClientRequestToken: token } = createSecret;
    stack.secretsManager.beginRotation(secretName, { token, functionArn });

    for (const event of [createSecret, setSecret, testSecret, finishSecret]) {
      expect(await run('RotationFunction', event)).toEqual({ ms: expect.any(Number) });
    }

    expect(stack.secretsManager.inspect(secretName)?.versionId).toBe(token);
    expect(await login(stack.postgres, dbUser, published())).toBe(dbUser);
    expect(await login(stack.postgres, dbUser, before)).toBe('28P01');
  });

  it('reconciles', async () => {
    const ran = await run('ReconcileFunction', reconcile);

    expect(ran).toEqual({ ms: expect.any(Number) });
  });

  it('finds nothing on 127.0.0.1, and nothing without the name', async () => {
    for (const url of [stack.awsUrl, stack.twilioUrl, `http://_:${stack.postgres.port}`]) {
      expect(await connected(Number(new URL(url).port))).toBe('ECONNREFUSED');
    }
    const ran = await run('RotationFunction', createSecret, {});

    expect(ran).toMatchObject({ failure: { code: 'UNREACHABLE' } });
  });

  /** With the variables that `sam local invoke` makes of the template and events/env.docker.json. */
  const run = async (
    logicalId: keyof typeof environment,
    event: object,
    hosts: Readonly<Record<string, string>> = { 'host.docker.internal': address ?? '' },
  ) =>
    runContained(event, {
      taskRoot: built.directory,
      handler:
        logicalId === 'RotationFunction' ? 'rotate-secret.handler' : 'reconcile-secret.handler',
      variables: {
        ...variablesIn(),
        ...JSON.parse(withPortsOf(stack, environment[logicalId])),
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
      },
      hosts,
      onLine: () => undefined,
    });

  const published = () =>
    v.parse(
      v.pipe(v.string(), v.parseJson(), v.object({ DB_PASSWORD: v.string() })),
      stack.secretsManager.inspect(secretName)?.secretString,
    ).DB_PASSWORD;
});

const withPortsOf = ({ awsUrl, twilioUrl }: Stack, variables: object) =>
  JSON.stringify(variables)
    .replaceAll(':4566', `:${new URL(awsUrl).port}`)
    .replaceAll(':4567', `:${new URL(twilioUrl).port}`);

async function connected(port: number): Promise<unknown> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.destroy();
    return 'connected';
  } catch (error) {
    return Reflect.get(Object(error), 'code');
  }
}
