import type { LocalClock } from '../clock.ts';
import type { LocalFunctions } from '../functions.ts';
import type { Alarms } from './alarms.ts';
import type { SecretsManagerBehaviour } from './behaviour.ts';
import type { Rotations } from './rotations.ts';
import type { Secret } from './secret.ts';
import type { Timetable } from './timetable.ts';

/** Everything that one operation reads and changes. */
export interface Account {
  readonly clock: LocalClock;
  readonly functions: LocalFunctions;
  readonly behaviour: SecretsManagerBehaviour;
  /** By ARN, in the order of their creation. */
  readonly secrets: Map<string, Secret>;
  readonly rotations: Rotations;
  readonly timetable: Timetable;
  /** Alarms of secrets to be purged, by ARN. */
  readonly purges: Alarms;
}
