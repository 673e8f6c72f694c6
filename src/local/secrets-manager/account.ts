import type { LocalClock } from '../clock.ts';
import type { InvocableFunctions, LocalFunctions } from '../functions.ts';
import type { Alarms } from './alarms.ts';
import type { SecretsManagerBehaviour } from './behaviour.ts';
import type { Rotations } from './rotations.ts';
import type { Secret } from './secret.ts';
import type { Timetable } from './timetable.ts';

/** Everything that one operation reads and changes: what the account has in one region. */
export interface Account {
  readonly region: string;
  readonly clock: LocalClock;
  /** Where they can say whether they may be invoked, RotateSecret asks them. */
  readonly functions: LocalFunctions & Partial<InvocableFunctions>;
  readonly behaviour: SecretsManagerBehaviour;
  /** By ARN, in the order of their creation. */
  readonly secrets: Map<string, Secret>;
  readonly rotations: Rotations;
  readonly timetable: Timetable;
  /** Alarms of secrets to be purged, by ARN. */
  readonly purges: Alarms;
}
