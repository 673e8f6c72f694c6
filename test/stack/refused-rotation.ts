import { randomUUID } from 'node:crypto';
import { realClock } from '../../src/local/clock.ts';
import { serveHttp } from '../../src/local/http-server.ts';
import { deploy, templateOf } from '../../src/local/stack/deployment.ts';
import { production } from '../../src/local/stack/environments.ts';
import { codeOf, steps } from '../rotation/support/world.ts';
import type { Rig, Values } from './support.ts';

interface Refusing {
  readonly grace: string;
  /** What AWS answers to a call with this body, if not what the local stack does. */
  readonly refuse: (body: string) => Response | undefined;
}

/**
 * A rotation of every key, step by step, whose function is refused some of its calls. Answers the code
 * of the error that `finishSecret` fails with, and what was to be published.
 */
export async function refusedRotation({ stack }: Rig, { grace, refuse }: Refusing) {
  await using between = await refusingProxy(stack.awsUrl, refuse);
  const { rotateArn: functionArn, secretArn, secretName } = production;
  const token = randomUUID();
  stack.secretsManager.beginRotation(secretArn, { token, functionArn });
  const rotate = deploy({
    environment: production,
    template: templateOf(production, grace),
    awsUrl: between.url,
    twilioUrl: stack.twilioUrl,
    clock: realClock,
    onLog: () => undefined,
    onJournal: () => undefined,
    onMetrics: () => undefined,
  }).get(functionArn);
  const run = async (step: (typeof steps)[number]) =>
    rotate?.({ Step: step, SecretId: secretArn, ClientRequestToken: token });

  for (const step of steps.slice(0, 3)) await run(step);
  const { secretString = '{}' } = stack.secretsManager.inspect(secretName, 'AWSPENDING') ?? {};
  const pending: Values = JSON.parse(secretString);
  return { code: await codeOf(run('finishSecret')), pending };
}

async function refusingProxy(awsUrl: string, refuse: Refusing['refuse']) {
  const server = await serveHttp(async (request) => {
    const body = await request.text();
    const { method, headers } = request;
    const { pathname, search } = new URL(request.url);
    const passOn = () =>
      fetch(`${awsUrl}${pathname}${search}`, { method, headers, ...(body && { body }) });
    return refuse(body) ?? passOn();
  });
  return { url: server.url, [Symbol.asyncDispose]: () => server.close() };
}
