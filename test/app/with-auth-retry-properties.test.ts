import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Stage } from '../../src/app/snapshot.ts';
import { withAuthRetry } from '../../src/app/with-auth-retry.ts';
import { PatientClock } from './driven.ts';
import { SecretInMemory } from './in-memory.ts';

const passwords = ['p0', 'p1', 'p2', 'p3'];

const label = fc.constantFrom<Stage>('AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS');
const move = fc.record({
  at: fc.integer({ min: 0, max: 70_000 }),
  label,
  /** None takes the label off, AWSCURRENT apart. */
  to: fc.option(fc.nat(passwords.length - 1), { nil: undefined }),
});
const switches = fc.array(
  fc.record({ at: fc.integer({ min: 0, max: 70_000 }), to: fc.constantFrom(...passwords) }),
  { maxLength: 3 },
);

const history = fc.record({
  before: fc.array(move, { maxLength: 5 }),
  moves: fc.array(move, { maxLength: 8 }),
  chances: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 5 }),
});

interface History {
  readonly before: readonly Move[];
  readonly chances: readonly number[];
}

interface Move {
  readonly at: number;
  readonly label: Stage;
  readonly to?: number | undefined;
}

function apply(secret: SecretInMemory, { label: moved, to }: Move): void {
  if (to !== undefined) secret.label(moved, to);
  else if (moved !== 'AWSCURRENT') secret.unlabel(moved);
}

/** An application that knows the first version, and then what happened before its call. */
async function application({ before, chances }: History) {
  const driven = new PatientClock();
  const secret = new SecretInMemory();
  for (const DB_PASSWORD of passwords) secret.add({ DB_PASSWORD });
  secret.label('AWSCURRENT', 0);
  let turn = 0;
  const random = () => chances[(turn += 1) % chances.length] ?? 0;
  const secrets = await secret.application(driven, random).ready();
  for (const one of before) apply(secret, one);
  return { driven, secret, secrets };
}

const refusal = () => Object.assign(new Error('refused'), { code: '28P01' });

test('no value is tried twice in a call, whatever the labels and the database do', async () => {
  await fc.assert(
    fc.asyncProperty(
      history,
      switches,
      fc.constantFrom(...passwords),
      async (was, turns, begin) => {
        const { driven, secret, secrets } = await application(was);
        const database = { accepts: begin };
        for (const one of was.moves) driven.after(one.at, () => apply(secret, one));
        for (const { at, to } of turns) driven.after(at, () => (database.accepts = to));
        const tried: unknown[] = [];
        const attempt = () => {
          const given: unknown = secrets.get('DB_PASSWORD');
          tried.push(given);
          if (given !== database.accepts) throw refusal();
        };

        await driven.drive(withAuthRetry(attempt, { secrets }).catch(() => undefined));

        secrets.close();
        expect(tried).toEqual([...new Set(tried)]);
      },
    ),
    { numRuns: 150 },
  );
});

test('it succeeds where a label has a value that is accepted, within the minute', async () => {
  /** Longer than the longest pause between two looks. */
  const seen = 9_000;
  await fc.assert(
    fc.asyncProperty(history, fc.constantFrom(...passwords), async (was, accepted) => {
      const { driven, secret, secrets } = await application(was);
      const has = (stage: Stage) => secret.documentAt(stage)?.['DB_PASSWORD'] === accepted;
      let reachable = accepted === 'p0' || has('AWSPREVIOUS');
      const since = new Map<Stage, number>();
      const begin = driven.now().getTime();
      const look = () => {
        const now = driven.now().getTime() - begin;
        for (const stage of ['AWSCURRENT', 'AWSPENDING'] as const) {
          if (!has(stage)) since.delete(stage);
          else if (!since.has(stage)) since.set(stage, now);
          if (now <= 60_000 && now - (since.get(stage) ?? now) > seen) reachable = true;
        }
      };
      // The steps of the clock are the steps in which it is watched.
      for (let at = 0; at <= 60_000; at += 500) driven.after(at, look);
      for (const one of was.moves) driven.after(one.at + 1, () => apply(secret, one));
      const attempt = () => {
        if (secrets.get('DB_PASSWORD') !== accepted) throw refusal();
        return 'in';
      };

      const call = withAuthRetry(attempt, { secrets }).catch(() => 'out');
      const result = await driven.drive(call);

      secrets.close();
      expect(reachable && result === 'out').toBe(false);
    }),
    { numRuns: 60 },
  );
});
