import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { production } from '../../src/local/stack/environments.ts';
import { templateOf, variablesOf } from '../../src/local/stack/deployment.ts';
import { accepted, startRig, works, type Rig } from './support.ts';

let rig: Rig;
let lambda: LambdaClient;
let sqs: SQSClient;

beforeAll(async () => {
  rig = await startRig({ grace: '1s' });
  rig.stack.lambda.behaviour.retryDelaysMs = [20, 20];
  lambda = new LambdaClient(rig.stack.clientConfig);
  sqs = new SQSClient(rig.stack.clientConfig);
});
afterAll(async () => {
  lambda.destroy();
  sqs.destroy();
  await rig.stop();
});
beforeEach(() => {
  rig.lines.length = 0;
});
afterEach(() => twilioIsUp());

const twilioIsDown = () => void (rig.stack.twilio.behaviour.fault = () => 'unavailable');
const twilioIsUp = () => void (rig.stack.twilio.behaviour.fault = () => undefined);

const queue = () => rig.stack.sqs.createQueue(production.deadLetterQueue);
const superseded = () => rig.stack.secretsManager.inspect(production.secretName, 'AWSPREVIOUS');

/** What a person sees who looks into the queue, and leaves it as it is. */
async function lookInto() {
  const { KEYTURN_DEAD_LETTER_URL: QueueUrl } = variablesOf({
    environment: production,
    template: templateOf(production, '1s'),
    awsUrl: rig.stack.awsUrl,
    twilioUrl: rig.stack.twilioUrl,
  });
  const input = { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 };
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(input));
  return Messages.map(({ Body = '' }) => JSON.parse(Body));
}

/** Invokes the reconcile function; answers the name of its error, if it failed. */
async function invoke(event: object, InvocationType: 'RequestResponse' | 'Event') {
  const { Payload } = await lambda.send(
    new InvokeCommand({
      FunctionName: production.reconcileArn,
      InvocationType,
      Payload: JSON.stringify(event),
    }),
  );
  const text = Payload?.transformToString();
  return text ? JSON.parse(text)?.errorType : undefined;
}

const daily = () => invoke({ secret: production.secretArn }, 'RequestResponse');

const letterThere = () =>
  vi.waitFor(() => expect(queue().messages).toHaveLength(1), { timeout: 8_000, interval: 20 });

test('a retirement that fails for good ends as a dead letter, and the next daily run makes up for it', async () => {
  const before = await rig.read();
  expect((await rig.rotate()).outcome).toBe('RotationSucceeded');
  const after = await rig.read();
  twilioIsDown();

  await letterThere();
  expect(rig.stack.scheduler.deadLetters).toEqual([]);
  expect(await lookInto()).toMatchObject([
    {
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: { secret: production.secretArn, keys: ['TWILIO_AUTH_TOKEN'] },
      responsePayload: { errorType: 'RotationError[UNREACHABLE]' },
    },
  ]);
  expect(await daily()).toBe('RotationError[UNREACHABLE]');
  expect(await lookInto()).toHaveLength(1);
  expect(await accepted(rig.stack, before)).toMatchObject({ twilio: true });

  twilioIsUp();
  expect(await daily()).toBeUndefined();

  expect(await accepted(rig.stack, before)).toEqual({ database: false, twilio: false });
  expect(await accepted(rig.stack, after)).toEqual(works);
  expect(queue().messages).toEqual([]);
  expect(superseded()?.stages).toContain('KEYTURN_RETIRED');
  expect(rig.lines.map(({ message }) => message)).toEqual(
    expect.arrayContaining([
      'reconcile: dead letters: 1 seen, 1 left',
      'reconcile: dead letters: 1 seen, 0 left',
    ]),
  );
}, 20_000);

test('a daily run that fails for good is made up for by the next, once', async () => {
  twilioIsDown();
  await invoke({ secret: production.secretArn }, 'Event');
  await letterThere();
  expect(await lookInto()).toMatchObject([{ requestPayload: { secret: production.secretArn } }]);
  twilioIsUp();
  rig.lines.length = 0;

  expect(await daily()).toBeUndefined();

  expect(queue().messages).toEqual([]);
  expect(rig.lines.filter(({ message }) => /: probe TWILIO/.test(message))).toHaveLength(1);
});

test('what Scheduler itself could not deliver is made up for too', async () => {
  const event = { secret: production.secretArn, current: superseded()?.versionId, keys: [] };
  queue().send({ body: JSON.stringify(event), attributes: { ERROR_CODE: 'ThrottlingException' } });

  expect(await daily()).toBeUndefined();

  expect(queue().messages).toEqual([]);
});
