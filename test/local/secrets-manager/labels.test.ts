import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { get, labels, moveLabel, put, start, type Started } from './support.ts';

async function withPending(started: Started, more = {}) {
  const { VersionId } = await put(started, { VersionStages: ['AWSPENDING'], ...more });
  return String(VersionId);
}

test('moves AWSCURRENT as a compare-and-swap, and AWSPREVIOUS behind it', async () => {
  const started = await start();
  const pending = await withPending(started);

  await moveLabel(started, { MoveToVersionId: pending, RemoveFromVersionId: started.first });

  expect(await labels(started)).toEqual({
    [started.first]: ['AWSPREVIOUS'],
    [pending]: ['AWSCURRENT', 'AWSPENDING'],
  });
});

test('moves AWSCURRENT back, and AWSPREVIOUS the other way', async () => {
  const started = await start();
  const second = String((await put(started)).VersionId);

  await moveLabel(started, { MoveToVersionId: started.first, RemoveFromVersionId: second });

  expect(await labels(started)).toEqual({
    [started.first]: ['AWSCURRENT'],
    [second]: ['AWSPREVIOUS'],
  });
});

test('refuses a move that does not name where the label is', async () => {
  const started = await start();
  const pending = await withPending(started);

  await expect(moveLabel(started, { MoveToVersionId: pending })).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: `The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version ${started.first}, so you must explicitly reference that version in RemoveFromVersionId.`,
  });
});

test('refuses a move that names the wrong version', async () => {
  const started = await start();
  const pending = await withPending(started);
  const before = await labels(started);

  await expect(
    moveLabel(started, { MoveToVersionId: pending, RemoveFromVersionId: pending }),
  ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  expect(await labels(started)).toEqual(before);
});

test.each([
  ['refused', 'InvalidParameterException'],
  ['accepted', undefined],
] as const)('a move made already and sent again is %s', async (repeatedLabelMove, error) => {
  const started = await start({ repeatedLabelMove });
  const pending = await withPending(started);
  const move = { MoveToVersionId: pending, RemoveFromVersionId: started.first };
  await moveLabel(started, move);
  await moveLabel(started, move).catch(() => undefined);

  expect(started.manager.calls.at(-1)?.error).toBe(error);
  expect(await get(started)).toMatchObject({ VersionId: pending });
});

test('does not move AWSCURRENT to a version without a value', async () => {
  const started = await start();
  const token = randomUUID();
  started.functions.set('f', async () => undefined);
  started.manager.beginRotation(started.arn, { token, functionArn: 'f' });

  await expect(
    moveLabel(started, { MoveToVersionId: token, RemoveFromVersionId: started.first }),
  ).rejects.toMatchObject({ name: 'InvalidRequestException' });
});

test('takes labels off, except AWSCURRENT', async () => {
  const started = await start();
  const pending = await withPending(started);

  await moveLabel(started, { VersionStage: 'AWSPENDING', RemoveFromVersionId: pending });
  expect(await labels(started)).toEqual({ [started.first]: ['AWSCURRENT'] });

  await expect(moveLabel(started, { RemoveFromVersionId: started.first })).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message:
      "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
  });
});

test('takes no label off a version that has it not', async () => {
  const started = await start();
  const pending = await withPending(started);

  await expect(
    moveLabel(started, { VersionStage: 'AWSPENDING', RemoveFromVersionId: started.first }),
  ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  expect(await labels(started)).toMatchObject({ [pending]: ['AWSPENDING'] });
});

test('lets one of two claims of a custom label win', async () => {
  const started = await start();
  const second = String((await put(started)).VersionId);
  await moveLabel(started, { VersionStage: 'CLAIM', MoveToVersionId: started.first });

  const claims = await Promise.allSettled(
    [1, 2].map(() =>
      moveLabel(started, {
        VersionStage: 'CLAIM',
        MoveToVersionId: second,
        RemoveFromVersionId: started.first,
      }),
    ),
  );

  expect(claims.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
});

test('gives a version 20 labels and not one more', async () => {
  const started = await start();
  const nineteen = Array.from({ length: 19 }, (_, index) => `label-${index}`);
  for (const VersionStage of nineteen) {
    await moveLabel(started, { VersionStage, MoveToVersionId: started.first });
  }

  await expect(
    moveLabel(started, { VersionStage: 'one-more', MoveToVersionId: started.first }),
  ).rejects.toMatchObject({ name: 'LimitExceededException' });
});

test('neither finds versions that are not there, nor moves nothing nowhere', async () => {
  const started = await start();

  await expect(moveLabel(started, { MoveToVersionId: randomUUID() })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  await expect(moveLabel(started, {})).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
});
