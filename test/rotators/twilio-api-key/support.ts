import { onTestFinished } from 'vitest';
import type { Call, Credential, NewVersion, Rotator } from '../../../src/rotation/rotator.ts';
import { anyVersion, stillPending } from '../../support/calling.ts';
import { attempt, must } from '../../support/contract/invoke.ts';
import type { Gate } from '../../support/gate.ts';
import { buildTwilioKeys, type TwilioKeySystem } from '../../support/twilio-key-system.ts';

/** A Twilio for one test, and the verbs. */
export async function startTwilio(options: Parameters<typeof buildTwilioKeys>[0] = {}) {
  const system = await buildTwilioKeys(options);
  onTestFinished(() => system.close());
  return { ...system, system, ...verbsOn(system) };
}

export type Started = Awaited<ReturnType<typeof startTwilio>>;

interface Making {
  readonly current?: Credential;
  readonly version?: Partial<NewVersion>;
  readonly gate?: Gate;
}

/** Each verb as one invocation; what it throws is answered as `error`. */
export function verbsOn(system: TwilioKeySystem) {
  const creating = ({ current = system.current, version = {} }: Making) =>
    async function create(rotator: Rotator, call: Call): Promise<Credential> {
      const made = await rotator.create({
        ...call,
        current,
        superseded: async () => undefined,
        version: { ...anyVersion, ...version },
      });
      return { ...current, ...made };
    };
  return {
    create: (making: Making = {}) => attempt(system, creating(making), making.gate),
    /** A version with a new key; must succeed. */
    made: (making: Making = {}) => must(system, creating(making)),
    probe: (credential: Credential) =>
      attempt(system, (rotator, call) => rotator.probe({ ...call, credential })),
    check: (current: Credential) =>
      attempt(system, (rotator, call) => rotator.check({ ...call, current })),
    install: (next: Credential, gate?: Gate) =>
      attempt(
        system,
        (rotator, call) =>
          rotator.install({ ...call, next, current: system.current, stillPending }),
        gate,
      ),
    revoke: (victim: Credential, keep: Credential, gate?: Gate) =>
      attempt(
        system,
        (rotator, call) => rotator.revoke({ ...call, victim, keep, newer: 'keep' }),
        gate,
      ),
  };
}

/** The SID in a version. */
export const sidOf = ({ TWILIO_API_KEY_SID: sid }: Credential): string =>
  typeof sid === 'string' ? sid : '';

/** The SIDs of the account's keys, in the order they were made. */
export const sidsOf = ({ twilio, sid }: TwilioKeySystem) =>
  twilio.keysOf(sid).map((key) => key.sid);
