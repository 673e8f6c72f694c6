import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { must } from '../../support/contract/invoke.ts';
import { expectTold } from '../../support/expect-told.ts';
import { Gate } from '../../support/gate.ts';
import { type Started, startTwilio } from './support.ts';

const shownToSecondary = ['primary', 'own', 'none'] as const;
const dead = () => randomBytes(16).toString('hex');

/** The routes of the calls that changed something. */
const changes = ({ twilio }: Started) =>
  twilio.calls.flatMap(({ method, route, status }) =>
    method === 'GET' || status >= 400 ? [] : [`${method} ${route}`],
  );

describe('a secondary that is in the way of create', () => {
  test('is replaced when nobody knows it and the predecessor is dead', async () => {
    const twilio = await startTwilio();
    const orphan = await twilio.made(twilio.current);

    const { result } = await twilio.create(twilio.current, dead());

    expect(result).toBe(twilio.twilio.secondaryOf(twilio.sid));
    expect(await twilio.alive(orphan)).toBe(false);
    expect(await twilio.alive(twilio.current)).toBe(true);
  });

  test('is replaced in the first rotation, on the word of Twilio', async () => {
    const twilio = await startTwilio();
    const orphan = await twilio.made(twilio.current);

    const { result } = await twilio.create(twilio.current);

    expect(result).not.toBe(orphan);
    expect(twilio.twilio.primaryOf(twilio.sid)).toBe(twilio.current);
  });

  test('is replaced after its making was not answered', async () => {
    const twilio = await startTwilio();
    const lost = await twilio.create(
      twilio.current,
      dead(),
      new Gate({ at: 1, fault: 'answer-lost' }),
    );
    const orphan = twilio.twilio.secondaryOf(twilio.sid);

    const { result } = await twilio.create(twilio.current, dead());

    expect(expectTold(lost.error).code).toBe('UNREACHABLE');
    expect(orphan).toBeDefined();
    expect(result).toBe(twilio.twilio.secondaryOf(twilio.sid));
    expect(result).not.toBe(orphan);
  });

  test('is replaced when both live tokens are shown that the current one is primary', async () => {
    const twilio = await startTwilio();
    const undone = await twilio.made(twilio.current);

    const { result } = await twilio.create(twilio.current, undone);

    expect(result).toBe(twilio.twilio.secondaryOf(twilio.sid));
    expect(await twilio.alive(undone)).toBe(false);
  });

  test.each(['own', 'none'] as const)(
    'is left alone when two live tokens do not agree who is primary (shown: %s)',
    async (accountTokenShownToSecondary) => {
      const twilio = await startTwilio({ accountTokenShownToSecondary });
      const undone = await twilio.made(twilio.current);

      const { error } = await twilio.create(twilio.current, undone);

      expect(expectTold(error).code).toBe('SECONDARY_UNPROVEN');
      expect(await twilio.alive(undone)).toBe(true);
      expect(await twilio.alive(twilio.current)).toBe(true);
    },
  );

  test.each(shownToSecondary)(
    'is left alone when it is the current token itself: the promotion never came (shown: %s)',
    async (accountTokenShownToSecondary) => {
      const twilio = await startTwilio({ accountTokenShownToSecondary });
      const inUse = await twilio.made(twilio.current);

      const { error } = await twilio.create(inUse, twilio.current);

      expect(expectTold(error).code).toBe('SECONDARY_UNPROVEN');
      expect(error?.retryable).toBe(false);
      expect(await twilio.alive(inUse)).toBe(true);
      expect(changes(twilio)).toEqual(['POST /v1/AuthTokens/Secondary']);
    },
  );

  test('is left alone when the earlier version holds the same token: that proves nothing', async () => {
    const twilio = await startTwilio();
    const orphan = await twilio.made(twilio.current);

    const { error } = await twilio.create(twilio.current, twilio.current);

    expect(expectTold(error).code).toBe('SECONDARY_UNPROVEN');
    expect(await twilio.alive(orphan)).toBe(true);
  });

  test('is promoted when it is the current one, copied by hand, and Twilio names another primary', async () => {
    const twilio = await startTwilio();
    const inUse = await twilio.made(twilio.current);

    const { result } = await twilio.create(inUse, inUse);

    expect(twilio.twilio.primaryOf(twilio.sid)).toBe(inUse);
    expect(result).toBe(twilio.twilio.secondaryOf(twilio.sid));
    expect(await twilio.alive(twilio.current)).toBe(false);
  });

  test.each(['own', 'none'] as const)(
    'is left alone when it is the current one, copied by hand, and nothing is shown (shown: %s)',
    async (accountTokenShownToSecondary) => {
      const twilio = await startTwilio({ accountTokenShownToSecondary });
      const inUse = await twilio.made(twilio.current);

      const { error } = await twilio.create(inUse, inUse);

      expect(expectTold(error).code).toBe('SECONDARY_UNPROVEN');
      expect(await twilio.alive(inUse)).toBe(true);
      expect(await twilio.alive(twilio.current)).toBe(true);
    },
  );

  test('is left alone when the earlier token never worked and Twilio names another primary', async () => {
    const twilio = await startTwilio();
    const inUse = await twilio.made(twilio.current);

    const { error } = await twilio.create(inUse, dead());

    expect(expectTold(error).code).toBe('SECONDARY_UNPROVEN');
    expect(await twilio.alive(inUse)).toBe(true);
  });

  test.each(['primary', 'none'] as const)(
    'is left alone when the earlier token is of another account (shown: %s)',
    async (accountTokenShownToSecondary) => {
      const twilio = await startTwilio({ accountTokenShownToSecondary });
      const inUse = await twilio.made(twilio.current);
      const other = twilio.twilio.addAccount();

      const { error } = await twilio.create(inUse, twilio.credential(other.authToken, other.sid));

      expect(expectTold(error).code).toBe('SECONDARY_UNPROVEN');
      expect(await twilio.alive(inUse)).toBe(true);
    },
  );

  test.each(['primary', 'none'] as const)(
    'is left alone in the first rotation when Twilio does not name the current token (shown: %s)',
    async (accountTokenShownToSecondary) => {
      const twilio = await startTwilio({ accountTokenShownToSecondary });
      const inUse = await twilio.made(twilio.current);

      const { error } = await twilio.create(inUse);

      expect(expectTold(error).code).toBe('SECONDARY_UNPROVEN');
      expect(await twilio.alive(inUse)).toBe(true);
    },
  );

  test('is left alone when only the other token may delete it', async () => {
    const twilio = await startTwilio({ whoMayDeleteSecondary: 'secondary' });
    await twilio.made(twilio.current);

    const { error } = await twilio.create(twilio.current, dead());

    expect(expectTold(error).code).toBe('CANNOT_TELL');
    expect(await twilio.alive(twilio.current)).toBe(true);
  });
});

describe('ending the superseded token', () => {
  test.each(shownToSecondary)('promotes the token to keep (shown: %s)', async (shown) => {
    const twilio = await startTwilio({ accountTokenShownToSecondary: shown });
    const keep = await twilio.made(twilio.current);

    const { error } = await twilio.revoke({ victim: twilio.current, keep, newer: 'keep' });

    expect(error).toBeUndefined();
    expect(twilio.twilio.primaryOf(twilio.sid)).toBe(keep);
    expect(await twilio.alive(twilio.current)).toBe(false);
  });

  test.each(shownToSecondary)('deletes the newer one after an undo (shown: %s)', async (shown) => {
    const twilio = await startTwilio({ accountTokenShownToSecondary: shown });
    const victim = await twilio.made(twilio.current);

    const { error } = await twilio.revoke({ victim, keep: twilio.current, newer: 'victim' });

    expect(error).toBeUndefined();
    expect(changes(twilio).at(-1)).toBe('DELETE /v1/AuthTokens/Secondary');
    expect(twilio.twilio.primaryOf(twilio.sid)).toBe(twilio.current);
    expect(await twilio.alive(victim)).toBe(false);
  });

  test('promotes by the superseded token: a third one, made meanwhile, is not promoted', async () => {
    const twilio = await startTwilio();
    const keep = await twilio.made(twilio.current);
    const gate = new Gate({ at: 5, fault: 'waits' });
    const slow = twilio.revoke({ victim: twilio.current, keep, newer: 'keep' }, gate);
    await gate.reached;
    await twilio.revoke({ victim: twilio.current, keep, newer: 'keep' });
    const third = await twilio.made(keep);
    gate.resume();

    expect((await slow).error).toBeUndefined();
    expect(gate.calls[4]).toContain('POST /v1/AuthTokens/Promote');
    expect(twilio.twilio.primaryOf(twilio.sid)).toBe(keep);
    expect(await twilio.alive(third)).toBe(true);
  });

  test('does not end the victim when the token to keep is dead', async () => {
    const twilio = await startTwilio();

    const { error } = await twilio.revoke({ victim: twilio.current, keep: dead(), newer: 'keep' });

    expect(expectTold(error).code).toBe('KEEP_REJECTED');
    expect(await twilio.alive(twilio.current)).toBe(true);
  });

  test.each(['primary', 'none'] as const)(
    'refuses when the older token was put back by hand in a newer version (shown: %s)',
    async (accountTokenShownToSecondary) => {
      const twilio = await startTwilio({ accountTokenShownToSecondary });
      const victim = await twilio.made(twilio.current);

      const { error } = await twilio.revoke({ victim, keep: twilio.current, newer: 'keep' });

      expect(expectTold(error).code).toBe('SECONDARY_UNPROVEN');
      expect(await twilio.alive(twilio.current)).toBe(true);
      expect(await twilio.alive(victim)).toBe(true);
    },
  );

  test.each(['both', 'primary', 'secondary'] as const)(
    'promotes whoever may promote (%s)',
    async (whoMayPromote) => {
      const twilio = await startTwilio({ whoMayPromote });
      const keep = await twilio.made(twilio.current);

      const { error } = await twilio.revoke({ victim: twilio.current, keep, newer: 'keep' });

      expect(error).toBeUndefined();
      expect(twilio.twilio.primaryOf(twilio.sid)).toBe(keep);
      expect(await twilio.alive(twilio.current)).toBe(false);
    },
  );

  test('ends nothing where the order is not what it seems, whoever may promote', async () => {
    const twilio = await startTwilio({ whoMayPromote: 'secondary' });
    const newer = await twilio.made(twilio.current);

    const { error } = await twilio.revoke({ victim: newer, keep: twilio.current, newer: 'keep' });

    expect(expectTold(error).code).toBe('SECONDARY_UNPROVEN');
    expect(await twilio.alive(twilio.current)).toBe(true);
  });

  test('leaves a token of another account alone', async () => {
    const twilio = await startTwilio();
    const other = twilio.twilio.addAccount();
    const victim = twilio.credential(other.authToken, other.sid);

    await must(twilio.system, (rotator, call) =>
      rotator.revoke({ ...call, victim, keep: twilio.credential(twilio.current), newer: 'keep' }),
    );

    expect(twilio.twilio.primaryOf(other.sid)).toBe(other.authToken);
    expect(changes(twilio)).toEqual([]);
  });
});
