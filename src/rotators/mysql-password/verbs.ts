import type { Rotator } from '../../rotation/rotator.ts';
import type { Systems } from '../kind.ts';
import type { Verbs } from '../late-verbs.ts';
import { randomPassword } from '../random-password.ts';
import { accessTo } from './access.ts';
import { inspect } from './inspect.ts';
import { onePassword } from './one-password.ts';
import type { Options } from './options.ts';
import { assertSuitable, twoWouldDo } from './suitability.ts';
import { twoPasswords } from './two-passwords.ts';

/** The verbs of `mysql-password` for one key. */
export function verbsOf(key: string, chosen: Options, systems: Systems): Verbs {
  const { passwords, length } = chosen;
  const access = accessTo(key, chosen, systems);

  const check: Rotator['check'] = async (call) => {
    const facts = await inspect(access, call, call.current);
    assertSuitable(facts, { user: access.userOf(call.current), passwords });
    if (facts.hosts.length === 0) call.log.warn(hostsUnknown);
    if (passwords === 'one' && twoWouldDo(facts)) {
      call.log.warn("Two passwords at once would do here, without a gap: set passwords to 'two'.");
    }
  };

  return {
    probe: (call) => access.probe(call, call.credential),
    check,
    create: async () => ({ [key]: randomPassword(length) }),
    ...(passwords === 'two' ? twoPasswords(key, access) : onePassword(access, check)),
  };
}

const hostsUnknown =
  'Nobody here may look whether the user has accounts for several hosts, of which only one would be ' +
  'rotated. Make sure that there is one, or grant SELECT on mysql.user to who is to look.';
