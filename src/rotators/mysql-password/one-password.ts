import { RotationError } from '../../rotation/errors.ts';
import type { Rotator } from '../../rotation/rotator.ts';
import { assertSameUser, currentRejected, type Access } from './access.ts';
import { changing, type Change } from './changing.ts';
import { switchBudgetMs } from './options.ts';

/** The verbs of an account that has one password at any time, which is switched at the commit. */
export function onePassword(
  access: Access,
  rehearse: Rotator['check'],
): Pick<Rotator, 'install' | 'switch' | 'revoke'> {
  const { probe, passwordOf } = access;
  return {
    async install(call) {
      // After a crash in the switch gap it is the new password that logs in.
      if ((await probe(call, call.next)) === 'accepted') return;
      await assertSameUser(access, call, [call.next, call.current]);
      await rehearse(call);
    },

    async switch({ to, from, ...outer }) {
      const inTime = AbortSignal.any([outer.signal, AbortSignal.timeout(switchBudgetMs)]);
      const call = { ...outer, signal: inTime };
      const work = async ({ statements, target }: Change) => {
        if ((await probe(call, to)) === 'accepted') return;
        await statements.replace(target, { from: passwordOf(from), to: passwordOf(to) });
        if ((await probe(call, to)) === 'rejected') throw unfinished();
      };
      // Of another user, a password that works needs no change.
      if (!(await access.sameUser(call, to, from)) && (await probe(call, to)) === 'accepted')
        return;
      await assertSameUser(access, call, [to, from]);
      // Under the lock also where `to` is accepted: another run may be about to end it.
      if ((await changing(access, [call, from], work)) === 'done') return;
      if ((await changing(access, [call, to], work)) === 'rejected') throw currentRejected();
    },

    // The switch left one password in force; there is no other to revoke.
    revoke: async () => undefined,
  };
}

const unfinished = () =>
  new RotationError(
    'SWITCH_UNFINISHED',
    'The database took a new password and refuses it. It is tried again by itself; if it keeps failing, ' +
      'look for what else changes this account.',
  );
