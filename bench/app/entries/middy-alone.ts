import secretsManager, { secret } from '@middy/secrets-manager';
import { lambdaContext } from '../../../src/local/stack/lambda-context.ts';
import type { Open } from '../subject.ts';

/** middy's middleware without its core: the least that a warm invocation takes of it. */
export const open: Open = ({ secretId, ttlMs }) => {
  const fetchData = { secret: secret<Document | undefined>(secretId) };
  const { before } = secretsManager({ fetchData, cacheExpiry: ttlMs, setToContext: true });
  if (!before) throw new Error('The middleware does nothing before an invocation.');
  const context = { ...lambdaContext('function:reader'), secret: undefined };

  return {
    async read() {
      const internal = { secret: undefined };
      const request = { event: {}, context, internal, response: undefined, error: undefined };
      await before(request);
      return valueIn(request);
    },
  };
};

interface Document {
  readonly DB_PASSWORD: string;
}

const valueIn = ({ context }: { readonly context: { readonly secret: Document | undefined } }) =>
  context.secret?.DB_PASSWORD;
