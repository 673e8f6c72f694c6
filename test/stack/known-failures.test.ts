import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveHttp, type HttpServer } from '../../src/local/http-server.ts';
import { realClock } from '../../src/local/clock.ts';
import { deploy, templateOf } from '../../src/local/stack/deployment.ts';
import { production } from '../../src/local/stack/environments.ts';
import { codeOf, steps } from '../rotation/support/world.ts';
import { accepted, startRig, works, type Rig } from './support.ts';

let rig: Rig;
let refusing: HttpServer;

beforeAll(async () => {
  rig = await startRig({ grace: '1h' });
  refusing = await serveHttp(async (request) => {
    const body = await request.text();
    if (body.includes('ModifyDBInstance')) return refusal();
    const { method, headers } = request;
    const { pathname, search } = new URL(request.url);
    const url = `${rig.stack.awsUrl}${pathname}${search}`;
    return fetch(url, { method, headers, ...(body && { body }) });
  });
});
afterAll(async () => {
  await refusing.close();
  await rig.stop();
});

/** What RDS answers to a password that its engine does not take. */
const refusal = () =>
  new Response('<ErrorResponse><Error><Code>InvalidParameterValue</Code></Error></ErrorResponse>', {
    status: 400,
    headers: { 'content-type': 'text/xml' },
  });

/** The rotation function, with an RDS that refuses every new password. */
const rotate = (step: (typeof steps)[number], token: string) =>
  deploy({
    environment: production,
    template: templateOf(production, '1h'),
    awsUrl: refusing.url,
    twilioUrl: rig.stack.twilioUrl,
    clock: realClock,
    onLog: () => undefined,
    onJournal: () => undefined,
    onMetrics: () => undefined,
  }).get(production.rotateArn)?.({
    Step: step,
    SecretId: production.secretArn,
    ClientRequestToken: token,
  });

const pending = () => rig.stack.secretsManager.inspect(production.secretName, 'AWSPENDING');

test('a password that RDS refuses is given up, and the next rotation has another one (F-1, F-3)', async () => {
  const before = await rig.read();
  const token = randomUUID();
  const { rotateArn: functionArn } = production;
  rig.stack.secretsManager.beginRotation(production.secretArn, { token, functionArn });
  for (const step of steps.slice(0, 3)) await rotate(step, token);
  const { DB_PASSWORD: refused } = JSON.parse(pending()?.secretString ?? '{}');

  expect(await codeOf(Promise.resolve(rotate('finishSecret', token)))).toBe('PROVIDER_REFUSED');

  expect(pending()).toBeUndefined();
  expect(await rig.read()).toEqual(before);
  expect(await accepted(rig.stack, before)).toEqual(works);

  expect((await rig.rotate()).outcome).toBe('RotationSucceeded');
  const after = await rig.read();
  expect(after.DB_PASSWORD).not.toBe(before.DB_PASSWORD);
  expect(after.DB_PASSWORD).not.toBe(refused);
  expect(await accepted(rig.stack, after)).toEqual(works);
});
