import type { Call, NewVersion } from '../../src/rotation/rotator.ts';

/** What a verb is called with where nothing of it matters. */
export const anyCall = (): Call => ({
  signal: new AbortController().signal,
  log: { info: () => undefined, warn: () => undefined },
  withhold: () => undefined,
});

/** For an installation that no other rotation overtook. */
export const stillPending = async (): Promise<void> => undefined;

/** A version that is being made, of a secret without any other. */
export const anyVersion: NewVersion = {
  secret: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:reminder-app/production-KeyTrn',
  token: '00000000-0000-4000-8000-000000000000',
  labelled: async () => [],
};
