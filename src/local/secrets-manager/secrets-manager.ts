import type { LocalClock } from '../clock.ts';
import { localRegion, type AwsService } from '../aws-service.ts';
import type { InvocableFunctions, LocalFunctions } from '../functions.ts';
import type { KnownSecret } from '../iam/known-resources.ts';
import type { Account } from './account.ts';
import { Alarms } from './alarms.ts';
import { beginRotation, beginTest, type BeginRotation } from './begin-rotation.ts';
import { defaultBehaviour, type SecretsManagerBehaviour } from './behaviour.ts';
import type { RotationEvent } from './events.ts';
import { recordIn, type Call } from './journal.ts';
import { Listeners } from './listeners.ts';
import { Rotations } from './rotations.ts';
import { inspect, known, seed, type InspectedVersion, type Seed, type Seeded } from './seeding.ts';
import { Timetable } from './timetable.ts';
import { serviceOf } from './wire.ts';

export type { SecretsManagerBehaviour } from './behaviour.ts';
export type { RotationEvent } from './events.ts';
export type { Call } from './journal.ts';

/** AWS Secrets Manager as far as a rotation and its consumers see it, in memory. */
export interface SecretsManagerStandIn {
  /** Answers what is addressed to Secrets Manager, `undefined` for anything else. */
  readonly service: AwsService;
  /** Read again each time it matters: may be changed at run time. */
  readonly behaviour: SecretsManagerBehaviour;
  /** The latest requests, the oldest first. */
  readonly calls: readonly Call[];
  /** Both answer a function that ends the subscription. Listeners must not throw. */
  onCall(listener: (call: Call) => void): () => void;
  onEvent(listener: (event: RotationEvent) => void): () => void;
  /** Makes a secret without a request. Throws where CreateSecret would fail. */
  createSecret(seed: Seed): Seeded;
  /** Looks at a labelled version without a request: no lag, no journal, no access date. */
  inspect(secretId: string, label?: string): InspectedVersion | undefined;
  /** By name or ARN, without a request. */
  known(secretId: string): KnownSecret | undefined;
  /**
   * Puts a secret where RotateSecret would, for steps invoked by hand: nothing is invoked. A token
   * that was used before may be used again.
   */
  beginRotation(secretId: string, begin: BeginRotation): void;
  /**
   * The same for `testSecret` alone, on a passing copy of the current value. Answers a function that
   * takes the copy away, as Secrets Manager does when the test is over.
   */
  beginTest(secretId: string, begin: BeginRotation): () => void;
  /** Resolves when no function is being invoked and no retry is due. */
  idle(): Promise<void>;
  /** No further invocations and timers. Requests are still answered. */
  close(): void;
}

export interface SecretsManagerOptions {
  readonly clock: LocalClock;
  /** Looked up at each invocation. */
  readonly functions: LocalFunctions & Partial<InvocableFunctions>;
  readonly behaviour?: Partial<SecretsManagerBehaviour>;
}

export function createSecretsManager(options: SecretsManagerOptions): SecretsManagerStandIn {
  const events = new Listeners<RotationEvent>();
  const heard = new Listeners<Call>();
  const calls: Call[] = [];
  const regions = new Map<string, Account>();
  const inRegion = (region: string) => {
    const there = regions.get(region);
    if (there) return there;
    const account = createAccount(options, { region, emit: (event) => events.tell(event) });
    regions.set(region, account);
    return account;
  };
  const account = inRegion(localRegion);

  return {
    service: serviceOf(inRegion, (call) => {
      recordIn(calls, call);
      heard.tell(call);
    }),
    behaviour: account.behaviour,
    calls,
    onCall: heard.subscribe,
    onEvent: events.subscribe,
    createSecret: (secret) => seed(account, secret),
    inspect: (secretId, label) => inspect(account, secretId, label),
    known: (secretId) => known(account, secretId),
    beginRotation: (secretId, begin) => beginRotation(account, secretId, begin),
    beginTest: (secretId, begin) => beginTest(account, secretId, begin),
    idle: () => account.rotations.idle(),
    close() {
      for (const { rotations, timetable, purges } of regions.values()) {
        rotations.close();
        timetable.close();
        purges.close();
      }
    },
  };
}

function createAccount(
  { clock, functions, behaviour: changed }: SecretsManagerOptions,
  { region, emit }: { region: string; emit: (event: RotationEvent) => void },
): Account {
  const behaviour = { ...defaultBehaviour, ...changed };
  const timetable = new Timetable(clock, (secret) => rotations.startScheduled(secret));
  const rotations = new Rotations({
    clock,
    functions,
    behaviour,
    emit,
    onSuccess: (secret) => timetable.arm(secret, clock.now()),
  });
  const purges = new Alarms(clock);
  const secrets = new Map();
  return { region, clock, functions, behaviour, secrets, rotations, timetable, purges };
}
