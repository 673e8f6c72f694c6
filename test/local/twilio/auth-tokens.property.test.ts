import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { DrivenClock } from '../../../src/local/driven-clock.ts';
import { createTwilio } from '../../../src/local/twilio/create-twilio.ts';
import { basic } from './serve-twilio.ts';

const operations = {
  create: { method: 'POST', path: '/v1/AuthTokens/Secondary' },
  remove: { method: 'DELETE', path: '/v1/AuthTokens/Secondary' },
  promote: { method: 'POST', path: '/v1/AuthTokens/Promote' },
} as const;

const step = fc.record({
  operation: fc.constantFrom('create', 'remove', 'promote'),
  as: fc.constantFrom('primary', 'secondary', 'dead'),
});

interface Model {
  readonly primary: string;
  readonly secondary: string | undefined;
}

test('has one primary, at most one secondary, and nothing else authenticates', () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
      const twilio = createTwilio({ clock: new DrivenClock() });
      const { sid, authToken } = twilio.addAccount();
      const call = async (method: string, path: string, token: string) => {
        const headers = { Authorization: basic(sid, token) };
        return twilio.fetch(new Request(`http://twilio${path}`, { method, headers }));
      };
      const tokens = new Set([authToken]);
      const now = (): Model => ({
        primary: twilio.primaryOf(sid),
        secondary: twilio.secondaryOf(sid),
      });

      for (const { operation, as } of steps) {
        const before = now();
        const { method, path } = operations[operation];
        const answer = await call(method, path, tokenOf(before, tokens, as));
        const after = now();
        expect(after.secondary).not.toBe(after.primary);
        if (after.secondary) tokens.add(after.secondary);

        const isLive = as === 'primary' || (as === 'secondary' && before.secondary !== undefined);
        const expected = isLive ? outcome(before, after, operation) : { ...before, status: 401 };
        expect({ ...after, status: answer.status }).toEqual(expected);
        expect(answer.status === 201 ? after.secondary : before.primary).toMatch(/^[0-9a-f]{32}$/);
        for (const token of tokens) {
          const { status } = await call('GET', `/2010-04-01/Accounts/${sid}.json`, token);
          const isAlive = token === after.primary || token === after.secondary;
          expect(status).toBe(isAlive ? 200 : 401);
        }
      }
    }),
    { numRuns: 60 },
  ));

function tokenOf({ primary, secondary }: Model, tokens: Set<string>, as: string): string {
  const dead = [...tokens].find((token) => token !== primary && token !== secondary);
  const absent = dead ?? '0'.repeat(32);
  if (as === 'primary') return primary;
  return as === 'secondary' ? (secondary ?? absent) : absent;
}

/** What a call by a live token must come to. The token that a creation makes is seen in `after`. */
function outcome(before: Model, after: Model, operation: keyof typeof operations) {
  const { primary, secondary } = before;
  const withSecondary = {
    create: { ...before, status: 400 },
    remove: { primary, secondary: undefined, status: 204 },
    promote: { primary: secondary, secondary: undefined, status: 200 },
  };
  const without = {
    create: { primary, secondary: after.secondary, status: 201 },
    remove: { ...before, status: 404 },
    promote: { ...before, status: 404 },
  };
  return (secondary ? withSecondary : without)[operation];
}
