import { onTestFinished } from 'vitest';
import type { TwilioBehaviour } from '../../../src/local/twilio/behaviour.ts';
import type { Credential } from '../../../src/rotation/rotator.ts';
import { attempt, must } from '../../support/contract/invoke.ts';
import { Gate } from '../../support/gate.ts';
import { buildTwilio, type TwilioSystem } from '../../support/twilio-system.ts';
import { anyVersion, stillPending } from '../../support/calling.ts';

/** A Twilio for one test, and the verbs by token. */
export async function startTwilio(behaviour: Partial<TwilioBehaviour> = {}, timeoutMs?: number) {
  const system = await buildTwilio(behaviour, timeoutMs);
  onTestFinished(() => system.close());
  return { ...system, system, ...verbsOn(system), current: tokenOf(system.current) };
}

export type Started = Awaited<ReturnType<typeof startTwilio>>;

export const tokenOf = ({ TWILIO_AUTH_TOKEN: token }: Credential): string =>
  typeof token === 'string' ? token : '';

export interface Revocation {
  readonly victim: string;
  readonly keep: string;
  readonly newer: 'victim' | 'keep';
}

/** Each verb as one invocation, told by tokens alone; what it throws is answered as `error`. */
export function verbsOn(system: TwilioSystem) {
  const of = (token: string) => system.credential(token);
  return {
    create: (current: string, superseded?: string | Credential, gate = new Gate()) =>
      attempt(
        system,
        async (rotator, call) => {
          const earlier = typeof superseded === 'string' ? of(superseded) : superseded;
          const made = {
            ...call,
            current: of(current),
            superseded: async () => earlier,
            version: anyVersion,
          };
          return tokenOf(await rotator.create(made));
        },
        gate,
      ),
    revoke: ({ victim, keep, newer }: Revocation, gate = new Gate()) =>
      attempt(
        system,
        (rotator, call) => rotator.revoke({ ...call, victim: of(victim), keep: of(keep), newer }),
        gate,
      ),
    install: (next: string, current: string, gate = new Gate()) =>
      attempt(
        system,
        (rotator, call) =>
          rotator.install({ ...call, next: of(next), current: of(current), stillPending }),
        gate,
      ),
    check: (current: string, gate = new Gate()) =>
      attempt(system, (rotator, call) => rotator.check({ ...call, current: of(current) }), gate),
    /** A new token, made by the rotator; must succeed. */
    made: (current: string) =>
      must(system, async (rotator, call) =>
        tokenOf(
          await rotator.create({
            ...call,
            current: of(current),
            superseded: async () => undefined,
            version: anyVersion,
          }),
        ),
      ),
    alive: (token: string) => system.works(of(token)),
  };
}
