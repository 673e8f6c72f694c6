import { describe, test } from 'vitest';
import { describeActing } from './contract/acting.ts';
import { describeCreating, describeDeclaration } from './contract/creating.ts';
import type { Fixture, System } from './contract/fixture.ts';
import { describeReading } from './contract/reading-verbs.ts';
import { describeRevoking } from './contract/revoking.ts';
import { describeStopping } from './contract/stopping.ts';

export type { Fixture, System } from './contract/fixture.ts';

/**
 * Holds a rotator to the promises of `src/rotation/rotator.ts`, verb by verb, on the real system or
 * its stand-in: once, twice, two at once, and after a crash at each of its calls, in both
 * directions. `single` says whether the system holds one credential only and must be switched.
 * Parts that do not apply are skipped, each under a title that says why.
 */
export function describeContract<S extends System>(
  name: string,
  fixture: Fixture<S> & { readonly single: boolean },
): void {
  describe(`the contract of ${name}`, () => {
    for (const [part, why] of Object.entries(fixture.notApplicable ?? {})) {
      // oxlint-disable-next-line vitest/expect-expect -- skipped, with its reason
      test(`${part} does not apply`, ({ skip }) => skip(why));
    }
    describeDeclaration(fixture);
    describeReading(fixture);
    describeCreating(fixture);
    describeActing(fixture, fixture.single);
    describeRevoking(fixture);
    describeStopping(fixture, fixture.single);
  });
}
