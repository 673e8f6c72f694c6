import type { Rds } from '../../../src/local/rds/create-rds.ts';
import type { Scheduler } from '../../../src/local/scheduler/create-scheduler.ts';
import type { SecretsManagerStandIn } from '../../../src/local/secrets-manager/secrets-manager.ts';
import type { Twilio } from '../../../src/local/twilio/create-twilio.ts';
import type { JournalEntry } from '../../../src/rotation/journal.ts';
import type { entriesOf } from './combinations.ts';
import type { Ground, Master } from './ground.ts';
import type { PacedClock } from './paced-clock.ts';

/** Everything outside of an invocation. */
export interface Places {
  readonly clock: PacedClock;
  readonly ground: Ground;
  readonly master: Master;
  readonly secretsManager: SecretsManagerStandIn;
  readonly rds: Rds;
  readonly scheduler: Scheduler;
  readonly twilio: Twilio;
  readonly entries: ReturnType<typeof entriesOf>;
  readonly secretArn: string;
  readonly rotateArn: string;
  readonly reconcileArn: string;
  /** How many there were so far. */
  invocations: number;
  readonly heard: (entry: JournalEntry) => void;
}
