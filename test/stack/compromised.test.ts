import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import Keygrip from 'keygrip';
import twilio from 'twilio';
import { afterEach, expect, test } from 'vitest';
import { secretsIn } from '../../src/app/create-secrets.ts';
import { texts } from '../../src/app/schema.ts';
import { signingKeys } from '../../src/app/signing-keys.ts';
import { validateTwilioWebhook } from '../../src/app/validate-twilio-webhook.ts';
import { production } from '../../src/local/stack/environments.ts';
import { strategies } from '../../src/local/strategies/list.ts';
import { runKeyturn } from '../cli/run-keyturn.ts';
import { login } from '../local/postgres/login.ts';
import { accepted, startRig, works, type Rig, type Values } from './support.ts';

const endings: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

async function started(options: Partial<Parameters<typeof startRig>[0]> = {}) {
  const rig = await startRig({ grace: '1h', ...options });
  endings.push(() => rig.stop());
  return rig;
}

/** As an operator's command does. */
async function operate({ stack }: Rig, event: object) {
  const lambda = new LambdaClient(stack.clientConfig);
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({
      FunctionName: production.rotateArn,
      Payload: JSON.stringify({ SecretId: production.secretArn, ...event }),
    }),
  );
  lambda.destroy();
  expect(FunctionError).toBeUndefined();
  return JSON.parse(Buffer.from(Payload ?? []).toString());
}

const mark = (rig: Rig, Key: string) => operate(rig, { Operation: 'compromise', Key });
const reconcile = (rig: Rig) => operate(rig, { Operation: 'reconcile' });

/** An application that reads anew only when it is told to. */
async function application({ client }: Rig) {
  const secrets = secretsIn(
    {},
    { secretId: production.secretName, client, schema: texts('SECRET_KEY'), log: false },
  );
  endings.push(() => secrets.close());
  return secrets.ready();
}

const url = 'https://app.example/sms';
const signedWith = ({ TWILIO_AUTH_TOKEN: token }: Values) => ({
  url,
  params: {},
  signature: twilio.getExpectedTwilioSignature(token, url, {}),
});

const rollback = ({ stack }: Rig) =>
  runKeyturn(stack, 'rollback', production.secretName, '--yes', '--json');

test('a stolen SECRET_KEY ends in applications with their next read; Twilio’s grace runs on', async () => {
  const rig = await started();
  await rig.rotate();
  await reconcile(rig);
  const stolen = await rig.read();
  expect(stolen.SECRET_KEY_FALLBACKS).not.toEqual([]);
  const app = await application(rig);
  const sessions = new Keygrip(signingKeys('SECRET_KEY', { secrets: app }));
  const forged = new Keygrip([stolen.SECRET_KEY]).sign('session');
  expect(sessions.verify('session', forged)).toBe(true);

  const { versions } = await mark(rig, 'SECRET_KEY');
  expect((await rig.rotate()).outcome).toBe('RotationSucceeded');
  await app.refresh();

  const renewed = await rig.read();
  expect(renewed.SECRET_KEY_FALLBACKS).toEqual([]);
  expect(sessions.verify('session', forged)).toBe(false);
  for (const old of stolen.SECRET_KEY_FALLBACKS ?? []) {
    expect(sessions.verify('session', new Keygrip([old]).sign('session'))).toBe(false);
  }
  expect(sessions.verify('session', sessions.sign('session'))).toBe(true);
  expect(await reconcile(rig)).toEqual({ secret: production.secretArn, revoked: [] });
  expect(await validateTwilioWebhook(signedWith(stolen), { secrets: app })).toBe(true);
  expect(await accepted(rig.stack, stolen)).toEqual({ database: false, twilio: true });
  expect(await accepted(rig.stack, renewed)).toEqual(works);

  const { exitCode, stdout } = await rollback(rig);
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ code: 'ROLLBACK_REFUSED' });
  expect(stdout).toContain('SECRET_KEY under AWSPREVIOUS is marked as compromised');
  expect(rig.stack.secretsManager.inspect(production.secretName, 'AWSPREVIOUS')).toMatchObject({
    versionId: versions[0],
  });

  // Of the next rotation nobody has anything.
  expect((await rig.rotate()).outcome).toBe('RotationSucceeded');
  expect((await rig.read()).SECRET_KEY_FALLBACKS).toEqual([renewed.SECRET_KEY]);
}, 60_000);

test('a stolen Twilio token is dead at once, while a database user lives to the end of its grace', async () => {
  const strategy = strategies.find(({ name }) => name === 'postgres-alternating');
  const rig = await started({ strategy, parameters: { RotateTwilio: 'true' } });
  await rig.rotate({ RotateImmediately: false });
  const stolen: Values & { readonly DB_USER?: string } = await rig.read();
  const app = await application(rig);
  const twilioTakes = async () => (await accepted(rig.stack, stolen)).twilio;
  const { DB_USER: user = '', DB_PASSWORD: password } = stolen;
  // Both users act as the owner of everything.
  const databaseTakes = async () =>
    (await login(rig.stack.postgres, user, password)) === production.dbUser;

  expect(await mark(rig, 'TWILIO_AUTH_TOKEN')).toMatchObject({ key: 'TWILIO_AUTH_TOKEN' });
  expect(await twilioTakes()).toBe(true);
  expect((await rig.rotate()).outcome).toBe('RotationSucceeded');
  expect({ database: await databaseTakes(), twilio: await twilioTakes() }).toEqual(works);

  expect(await reconcile(rig)).toMatchObject({ revoked: ['TWILIO_AUTH_TOKEN'] });

  expect({ database: await databaseTakes(), twilio: await twilioTakes() }).toEqual({
    database: true,
    twilio: false,
  });
  await app.refresh();
  expect(await validateTwilioWebhook(signedWith(stolen), { secrets: app })).toBe(false);
  const renewed = await rig.read();
  expect(await validateTwilioWebhook(signedWith(renewed), { secrets: app })).toBe(true);
  const { twilio: account } = rig.stack;
  expect(account.primaryOf(renewed.TWILIO_ACCOUNT_SID)).toBe(renewed.TWILIO_AUTH_TOKEN);
}, 60_000);
