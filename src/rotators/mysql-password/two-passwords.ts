import { RotationError } from '../../rotation/errors.ts';
import type { Rotator } from '../../rotation/rotator.ts';
import { ifUsable } from '../if-usable.ts';
import { assertSameUser, currentRejected, sameIdentity, type Access } from './access.ts';
import { changing } from './changing.ts';

/** The verbs of an account that has two passwords for a while. */
export function twoPasswords(key: string, access: Access): Pick<Rotator, 'install' | 'revoke'> {
  const { probe, passwordOf } = access;
  return {
    async install(call) {
      const { next, current } = call;
      // Made the first a second time, the new password would push out the one in use.
      if ((await probe(call, next)) === 'accepted') return;
      await assertSameUser(access, call, [next, current]);
      const outcome = await changing(access, [call, current], async ({ statements, target }) => {
        if ((await probe(call, next)) === 'accepted') return;
        if ((await probe(call, current)) === 'rejected') throw currentRejected();
        // There is no room for a third password, and by now another rotation may have published one.
        await call.stillPending();
        await statements.add(target, { current: passwordOf(current), next: passwordOf(next) });
      });
      if (outcome === 'rejected') throw currentRejected();
    },

    async revoke(call) {
      const { keep } = call;
      // A version from before this key was configured has none to revoke; one from before its user or
      // its place were keys of the secret means those of today.
      if (!call.victim[key]) return;
      const victim = { ...keep, ...call.victim };
      const kept = await access.identityOf(call, keep);
      const ended = await ifUsable(() => access.identityOf(call, victim));
      if (!ended || !sameIdentity(ended, kept)) return call.log.warn(leftAlone);
      if (victim[key] === passwordOf(keep)) return;
      // Of what no login can be made of, there was none that could be ended.
      if ((await ifUsable(() => probe(call, victim))) !== 'accepted') return;
      const outcome = await changing(access, [call, keep], async ({ statements, target }) => {
        if ((await probe(call, victim)) === 'rejected') return;
        if ((await probe(call, keep)) === 'rejected') throw keepRejected();
        await statements.keepOnly(target, passwordOf(keep));
        if ((await probe(call, keep)) === 'rejected') throw keepRejected();
        if ((await probe(call, victim)) === 'accepted') throw stillAccepted();
      });
      if (outcome === 'rejected') throw keepRejected();
    },
  };
}

const leftAlone =
  'The superseded password is of another user or database, or of none that can be told, and is left alone.';

const keepRejected = () =>
  new RotationError(
    'KEEP_REJECTED',
    'The database refuses the password that is to stay, so the other one is left alone: it may be the ' +
      'last that works. Put the password that works into the secret, then rotate again.',
  );

const stillAccepted = () =>
  new RotationError(
    'CANNOT_TELL',
    'The database still accepts the superseded password after ending it. It is tried again by itself; if ' +
      'it stays so, look for what else changes this account, or lets it in.',
  );
