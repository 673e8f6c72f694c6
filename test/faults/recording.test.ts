import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGround, type Ground } from '../support/faults/ground.ts';
import { titleOf, type Point } from '../support/faults/point.ts';
import { runVariant } from '../support/faults/rotation-run.ts';
import { variantOf } from '../support/faults/variant.ts';

let ground: Ground;
let points: readonly Point[];

beforeAll(async () => {
  ground = await startGround();
  ({ points } = await runVariant(ground, variantOf('all:within-a-grace:retries:')));
});
afterAll(() => ground.stop());

test.each([
  ['Secrets Manager', 'createSecret · PutSecretValue'],
  ['Secrets Manager', 'finishSecret · UpdateSecretVersionStage(AWSCURRENT)'],
  ['Secrets Manager', 'reconcile · UpdateSecretVersionStage(KEYTURN_RETIRED)'],
  ['Scheduler', 'finishSecret · CreateSchedule(recovery)'],
  ['Scheduler', 'finishSecret · CreateSchedule(retire-3600s)'],
  ['RDS', 'finishSecret · ModifyDBInstance'],
  ['Twilio', 'createSecret · POST /v1/AuthTokens/Secondary'],
  ['Twilio', 'createSecret · POST /v1/AuthTokens/Promote'],
  ['PostgreSQL', 'finishSecret · login'],
])('the recording of a clean rotation holds what it calls at %s: %s', (system, title) => {
  expect(points.filter((point) => point.system === system).map(titleOf)).toContain(title);
});

test('two recordings of the same rotation are the same', async () => {
  const again = await runVariant(ground, variantOf('all:within-a-grace:retries:'));

  expect(again.points).toEqual(points);
});
