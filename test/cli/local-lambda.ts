import { createAwsEndpoint } from '../../src/local/aws-endpoint.ts';
import { realClock } from '../../src/local/clock.ts';
import type { LocalFunctions } from '../../src/local/functions.ts';
import { serveHttp } from '../../src/local/http-server.ts';
import { createLambda } from '../../src/local/lambda/create-lambda.ts';
import { createSecretsManager } from '../../src/local/secrets-manager/secrets-manager.ts';

/** The ARN of a function of this name. */
export const functionArnOf = (name: string) =>
  `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

/** Answers in place of the stand-ins; `undefined` leaves it to them. */
type Early = (request: Request) => Response | undefined;

/** The stand-ins of Secrets Manager and Lambda over HTTP, where these functions rotate secrets. */
export async function localLambda(functions: LocalFunctions, early: Early = () => undefined) {
  const manager = createSecretsManager({ clock: realClock, functions });
  const lambda = createLambda({ clock: realClock, functions });
  const answer = createAwsEndpoint([manager.service, lambda.service]);
  const server = await serveHttp(async (request) => early(request) ?? answer(request));
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

  return {
    manager,
    lambda,
    clientConfig: { endpoint: server.url, region: 'us-east-1', credentials },
    /** A new secret that this function rotates; answers its ARN. */
    rotatedBy(functionArn: string, name: string): string {
      const { arn } = manager.createSecret({ name, secretString: '{"A":"b"}' });
      manager.beginRotation(arn, { token: 'a'.repeat(32), functionArn });
      return arn;
    },
    async close() {
      await server.close();
      manager.close();
      await lambda.close();
    },
  };
}

export type LocalLambda = Awaited<ReturnType<typeof localLambda>>;
