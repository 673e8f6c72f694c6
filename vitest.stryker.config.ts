import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The other way round than usual: a mutant is done with at the first test that fails. */
class QuickestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- the sequencer's own, which answers a copy
    return (await super.sort(files)).toReversed();
  }
}

/** The tests that judge mutants; see docs/mutation-testing.md. */
export default defineConfig({
  test: {
    include: ['test/rotation/**/*.test.ts'],
    sequence: { sequencer: QuickestFirst },
    // src/rotation keeps nothing between calls, so the files may share their modules.
    isolate: false,
    testTimeout: 5_000,
  },
});
