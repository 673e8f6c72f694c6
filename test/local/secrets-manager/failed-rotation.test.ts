import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  functionArn,
  labels,
  moveLabel,
  register,
  rotate,
  settle,
  start,
  story,
  wholeRotation,
  type Started,
} from './support.ts';

const token = randomUUID();
const rotation = { RotationLambdaARN: functionArn, ClientRequestToken: token };

test.each(['createSecret', 'setSecret', 'testSecret', 'finishSecret'])(
  'retries the whole rotation with the same token when %s fails',
  async (failing) => {
    const started = await start();
    let failures = 0;
    const received = register(started, ({ Step }) => {
      if (Step === failing && failures++ === 0) throw new Error('once');
    });

    await rotate(started, rotation);
    await settle(started);

    expect(received.map(({ Step }) => Step).slice(-4)).toEqual([
      'createSecret',
      'setSecret',
      'testSecret',
      'finishSecret',
    ]);
    expect(new Set(received.map(({ ClientRequestToken }) => ClientRequestToken))).toEqual(
      new Set([token]),
    );
    expect(await labels(started)).toMatchObject({ [token]: ['AWSCURRENT', 'AWSPENDING'] });
    expect(story(started.events).at(-1)).toBe('RotationSucceeded');
  },
);

test('gives up after its attempts, and leaves AWSPENDING', async () => {
  const started = await start({ retryAttempts: 2, retryDelayMs: 7000 });
  const received = register(started, alwaysFails);
  const began = started.clock.now().getTime();

  await rotate(started, rotation);
  await settle(started);

  expect(received).toHaveLength(3);
  expect(started.clock.now().getTime() - began).toBe(14_000);
  expect(started.events.at(-1)).toMatchObject({ type: 'RotationFailed', attempt: 3 });
  expect(started.events).toContainEqual(
    expect.objectContaining({ type: 'StepFailed', step: 'createSecret', error: 'TypeError' }),
  );
  expect(await labels(started)).toMatchObject({ [token]: ['AWSPENDING'] });
});

test('refuses the next rotation and takes the failed one up again with its token', async () => {
  const started = await start({ retryAttempts: 0 });
  register(started, alwaysFails);
  await rotate(started, rotation);
  await settle(started);
  const received = register(started);

  await expect(rotate(started)).rejects.toMatchObject({
    name: 'InvalidRequestException',
    message: "A previous rotation isn't complete. That rotation will be reattempted.",
  });
  await settle(started);

  expect(received.map(({ ClientRequestToken }) => ClientRequestToken)).toEqual(
    Array.from({ length: 4 }, () => token),
  );
  expect(await labels(started)).toMatchObject({ [token]: ['AWSCURRENT', 'AWSPENDING'] });
  await expect(rotate(started)).resolves.toBeDefined();
});

test('does not take four steps for a success that leaves AWSPENDING behind', async () => {
  const started = await start({ retryAttempts: 1 });
  started.functions.set(functionArn, async () => undefined);
  await rotate(started, rotation);
  await settle(started);

  expect(story(started.events)).toEqual([
    'RotationStarted',
    ...wholeRotation,
    ...wholeRotation,
    'RotationFailed',
  ]);
});

test('counts AWSPENDING nowhere as success when no step failed', async () => {
  const started = await start();
  let step = 0;
  started.functions.set(functionArn, async () => {
    if (++step === 4) await undo(started);
  });
  await rotate(started, rotation);
  await settle(started);

  expect(story(started.events)).toEqual(['RotationStarted', ...wholeRotation, 'RotationSucceeded']);
});

test('retries a finish that moved AWSCURRENT and failed all the same', async () => {
  const started = await start();
  let failures = 0;
  const received = register(started, async ({ Step }) => {
    if (Step !== 'finishSecret' || failures++ > 0) return;
    await moveLabel(started, { MoveToVersionId: token, RemoveFromVersionId: started.first });
    throw new Error('after the move');
  });

  await rotate(started, rotation);
  await settle(started);

  expect(received).toHaveLength(8);
  expect(story(started.events).at(-1)).toBe('RotationSucceeded');
});

test.each([
  ['next-window', ['RotationStarted', 'createSecret passed', 'setSecret failed', 'RotationFailed']],
  [
    'retry-at-once',
    [
      'RotationStarted',
      'createSecret passed',
      'setSecret failed',
      'createSecret passed',
      'setSecret failed',
      'RotationFailed',
    ],
  ],
  ['succeed', ['RotationStarted', 'createSecret passed', 'setSecret failed', 'RotationSucceeded']],
] as const)('after an undo goes on with: %s', async (afterUndo, expected) => {
  const started = await start({ afterUndo, retryAttempts: 1 });
  register(started, async ({ Step }) => {
    if (Step !== 'setSecret') return;
    await undo(started).catch(() => undefined);
    throw new Error('undone');
  });

  await rotate(started, rotation);
  await settle(started);

  expect(story(started.events)).toEqual(expected);
  expect(await labels(started)).toEqual({ [started.first]: ['AWSCURRENT'] });
});

test('starts afresh after an undo', async () => {
  const started = await start();
  register(started, async ({ Step }) => {
    if (Step !== 'setSecret') return;
    await undo(started);
    throw new Error('undone');
  });
  await rotate(started, rotation);
  await settle(started);
  register(started);

  const next = await rotate(started);
  await settle(started);

  expect(next.VersionId).not.toBe(token);
  expect(await labels(started)).toMatchObject({
    [String(next.VersionId)]: ['AWSCURRENT', 'AWSPENDING'],
  });
});

test('fails the step of a function that has gone', async () => {
  const started = await start({ retryAttempts: 0 });
  register(started, () => void started.functions.delete(functionArn));
  await rotate(started, rotation);
  await settle(started);

  expect(started.events).toContainEqual(
    expect.objectContaining({ type: 'StepFailed', error: 'AccessDeniedException' }),
  );
});

function alwaysFails(): never {
  throw new TypeError('never works');
}

const undo = (started: Started) =>
  moveLabel(started, { VersionStage: 'AWSPENDING', RemoveFromVersionId: token });
