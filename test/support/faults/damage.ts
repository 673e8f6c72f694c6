import type { Fault } from './fault.ts';
import { faultsIn, idOf, variantOf, type Variant } from './variant.ts';

/** A fault that leaves a secret as it is, and what befalls the repair of that. */
export interface Damage extends Omit<Variant, 'service'> {
  /** At which call of the repairs, counted from their first. */
  readonly repairFaults?: ReadonlyMap<number, Fault>;
}

const separator = ' then ';

/** What a reproduction of it begins with. */
export const repairTitle = 'repair';

/** Names it so that it can be run again: `repair: all:first:gives-up:17=crash-after then 30=answer-lost`. */
export function idOfDamage({ repairFaults, ...damage }: Damage): string {
  const disturbed = [...(repairFaults ?? [])].map((each) => each.join('=')).join(',');
  const id = `${repairTitle}: ${idOf({ ...damage, service: 'gives-up' })}`;
  return disturbed === '' ? id : `${id}${separator}${disturbed}`;
}

/** Reads what follows the title. Throws for a text that names none. */
export function damageOf(text: string): Damage {
  const [variant = '', disturbed = ''] = text.split(separator);
  return { ...variantOf(variant), repairFaults: faultsIn(disturbed) };
}
