import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultNames } from '../support/faults/fault.ts';
import { startGround, type Ground } from '../support/faults/ground.ts';
import { runMeeting } from '../support/faults/interleaving.ts';
import { titleOf } from '../support/faults/point.ts';
import { runVariant } from '../support/faults/rotation-run.ts';
import { scenarioNamed } from '../support/faults/scenarios.ts';
import { textIn } from '../support/faults/subjects/subject.ts';
import { orderOf } from '../support/faults/turns.ts';
import { variantOf, type Variant } from '../support/faults/variant.ts';

const labelMove = 'finishSecret · UpdateSecretVersionStage(AWSCURRENT)';

let ground: Ground;
/** A first rotation of everything. */
let clean: Variant;
let commitAt: number;

beforeAll(async () => {
  ground = await startGround();
  clean = variantOf('all:first:retries:');
  const { points } = await runVariant(ground, clean);
  commitAt = points.findIndex((point) => titleOf(point) === labelMove);
});
afterAll(() => ground.stop());

test.each(faultNames)('a rotation survives at its commit: %s', async (fault) => {
  const faults = new Map([[commitAt, fault]]);
  const { violations, trail } = await runVariant(ground, { ...clean, faults });

  expect(violations, trail.join('\n')).toEqual([]);
  expect(trail.join('\n')).toContain(`${labelMove}  ← ${fault}`);
});

describe('a break is caught', () => {
  test('a gap that nobody ends, where the recovery never comes', async () => {
    const faults = new Map([[commitAt, 'crash-before' as const]]);
    const { violations } = await runVariant(
      ground,
      { ...clean, service: 'gives-up', faults },
      { spoil: ({ places }) => void (places.scheduler.behaviour.precisionMs = 86_400_000) },
    );

    expect(violations).toContain(
      'the database password under AWSCURRENT did not work for five minutes',
    );
  });

  test('a token that is deleted while it is published', async () => {
    const { violations } = await runVariant(ground, clean, {
      spoil({ places, watch }) {
        const { values } = watch.published();
        const [sid, token] = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'].map((key) =>
          textIn(values, key),
        );
        const authorization = `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}`;
        places.secretsManager.onEvent(({ type }) => {
          if (type !== 'RotationSucceeded') return;
          const url = 'http://twilio.test/v1/AuthTokens/Secondary';
          void places.twilio.fetch(
            new Request(url, { method: 'DELETE', headers: { authorization } }),
          );
        });
      },
    });

    expect(violations).toContain('the Twilio token under AWSCURRENT does not work');
  });
});

test('two invocations take turns in the order they are given', async () => {
  const { trace, violations } = await runMeeting(ground, {
    combination: 'all',
    scenario: scenarioNamed('setSecret twice'),
    order: orderOf('A2 B1 A1 B*'),
  });

  expect(trace.map(({ actor }) => actor).join('')).toMatch(/^AABAB+A+$/);
  expect(violations).toEqual([]);
});
