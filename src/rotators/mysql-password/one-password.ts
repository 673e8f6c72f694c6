import { RotationError } from '../../rotation/errors.ts';
import type { Call, Credential, Rotator } from '../../rotation/rotator.ts';
import { assertSameUser, currentRejected, type Access } from './access.ts';
import { changing, type Change } from './changing.ts';
import { switchBudgetMs } from './options.ts';

/** The verbs of an account that has one password at any time, which is switched at the commit. */
export function onePassword(
  access: Access,
  rehearse: Rotator['check'],
): Pick<Rotator, 'install' | 'switch' | 'revoke'> {
  const { probe, passwordOf } = access;

  /** The change is made and proven by now: where nobody can tell, there is nothing to warn of. */
  async function warnIfAccepted(call: Call, from: Credential): Promise<void> {
    const verdict = await probe(call, from).catch(() => 'unknown');
    if (verdict === 'accepted') call.log.warn(stillAccepted);
  }

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
        // A server without room for one more session is to be found out before the change.
        if ((await probe(call, from)) === 'rejected') throw currentRejected();
        outer.changing?.();
        const left = await statements.replace(target, {
          from: passwordOf(from),
          to: passwordOf(to),
        });
        // An account may have used up its sessions meanwhile, and this one is its own.
        if (target.own) await target.session.close();
        // The published password does not work by now: nothing waits for anything that it need not.
        const warned = left === 'perhaps-another' && warnIfAccepted(call, from);
        const [verdict] = await Promise.all([probe(call, to), warned]);
        if (verdict === 'rejected') throw unfinished();
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

const stillAccepted =
  'The superseded password still works: it was the second one of the account, which the user may not end. ' +
  'Let an administrator run ALTER USER … DISCARD OLD PASSWORD.';

const unfinished = () =>
  new RotationError(
    'SWITCH_UNFINISHED',
    'The database took a new password and refuses it. It is tried again by itself; if it keeps failing, ' +
      'look for what else changes this account.',
  );
