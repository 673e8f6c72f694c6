import type { Rds } from '../../../src/local/rds/create-rds.ts';
import type { Scheduler } from '../../../src/local/scheduler/create-scheduler.ts';
import type { SecretsManagerStandIn } from '../../../src/local/secrets-manager/secrets-manager.ts';
import type { Twilio } from '../../../src/local/twilio/create-twilio.ts';
import type { JournalEntry } from '../../../src/rotation/journal.ts';
import type { Rotator } from '../../../src/rotation/rotator.ts';
import type { Setting } from './combinations.ts';
import type { PacedClock } from './paced-clock.ts';
import type { Subject } from './subjects/subject.ts';

/** Everything outside of an invocation. */
export interface Places {
  readonly clock: PacedClock;
  readonly secretsManager: SecretsManagerStandIn;
  readonly rds: Rds;
  readonly scheduler: Scheduler;
  readonly twilio: Twilio;
  /** What is behind the secret's credentials. */
  readonly subjects: readonly Subject[];
  readonly entries: Setting['entries'];
  readonly secretArn: string;
  readonly rotateArn: string;
  readonly reconcileArn: string;
  /** Puts another rotator in the place of a configured one: what a test breaks. */
  replaced?: (rotator: Rotator) => Rotator;
  /** How many there were so far. */
  invocations: number;
  readonly heard: (entry: JournalEntry) => void;
}
