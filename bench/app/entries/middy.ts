import middy from '@middy/core';
import secretsManager, { secret } from '@middy/secrets-manager';
import { lambdaContext } from '../../../src/local/stack/lambda-context.ts';
import type { Open } from '../subject.ts';

/** middy: a read is an invocation of a handler that finds the secret in its context. */
export const open: Open = ({ secretId, ttlMs }) => {
  const fetchData = { secret: secret<Document | undefined>(secretId) };
  const handler = middy()
    .use(secretsManager({ fetchData, cacheExpiry: ttlMs, setToContext: true }))
    .handler(async (_event: unknown, { secret: document }) => document?.DB_PASSWORD);
  // The middleware puts the secret in it. Lambda makes a new one each time, which is not middy's doing.
  const context = { ...lambdaContext('function:reader'), secret: undefined };

  return { read: () => handler({}, context) };
};

interface Document {
  readonly DB_PASSWORD: string;
}
