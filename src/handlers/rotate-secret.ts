import { Logger } from '@aws-lambda-powertools/logger';
import { rotateSecretHandler } from './rotate-secret-handler.ts';
import { standardOutput } from './standard-output.ts';
import { systemClock } from './system-clock.ts';
import { wire } from './wiring.ts';

const logger = new Logger({ serviceName: 'keyturn' });

/** The Lambda entry point. Wired at load, so that a deployment that cannot work fails at once. */
export const handler = rotateSecretHandler(
  wire({ variables: process.env, logger, clock: systemClock, emit: standardOutput }),
);
