import { Failure } from './failure.ts';

/** Writes what was asked for to standard output, byte for byte. Throws a Failure. */
export async function printValue(text: string): Promise<void> {
  process.stdout.on('error', () => undefined);
  const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    process.stdout.write(text, (failed) => resolve(failed ?? undefined));
  });
  if (error === undefined) return;
  throw new Failure(
    'OUTPUT_FAILED',
    `Standard output did not take it whole (${error.code ?? 'closed'}). Look at where it goes, and run ` +
      'the same command again.',
  );
}
