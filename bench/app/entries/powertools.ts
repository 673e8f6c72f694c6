import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import type { Open } from '../subject.ts';

/** Powertools for AWS Lambda, parameters. */
export const open: Open = ({ secretId, ttlMs }) => {
  const maxAge = ttlMs / 1_000;
  const previous = { VersionStage: 'AWSPREVIOUS' };

  return {
    read: () => getSecret(secretId, { maxAge, transform: 'json' }),
    readPrevious: () => getSecret(secretId, { maxAge, transform: 'json', sdkOptions: previous }),
  };
};
