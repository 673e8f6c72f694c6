import { UsageError } from './usage-error.ts';

const timeoutMs = 5_000;

/** Throws UsageError unless something answers at the URL, whatever it says. */
export async function assertStackAnswers(url: string): Promise<void> {
  try {
    await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  } catch {
    throw new UsageError(
      `Nothing answers at ${url}. Start the local stack in another shell with npm run local, and ` +
        'leave it running.',
    );
  }
}
