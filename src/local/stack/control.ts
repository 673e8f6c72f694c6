import * as v from 'valibot';
import type { AwsService } from '../aws-service.ts';
import type { SecretsManagerStandIn } from '../secrets-manager/secrets-manager.ts';
import { development } from './environments.ts';

/** Where `npm run begin` asks the running stack to arm a rotation for hand-made invocations. */
export const beginPath = '/_keyturn/begin';

const request = v.object({
  token: v.pipe(v.string(), v.minLength(32), v.maxLength(64)),
  testOnly: v.optional(v.boolean(), false),
});

/** What the local stack can be asked for beside AWS's own calls. */
export const controlService = (secretsManager: SecretsManagerStandIn): AwsService => {
  let endTest = nothing;

  return async function control(call) {
    if (call.method !== 'POST' || new URL(call.url).pathname !== beginPath) return undefined;
    const parsed = v.safeParse(request, await call.json().catch(() => undefined));
    if (!parsed.success) return refusal(400, 'A token of 32 to 64 characters is needed.');
    try {
      const { token, testOnly } = parsed.output;
      begin({ token, functionArn: development.rotateArn }, testOnly);
      return Response.json({ secret: development.secretName, token });
    } catch (error) {
      return refusal(409, error instanceof Error ? error.message : 'It could not be begun.');
    }
  };

  /** Nobody tells when a test by hand is over: its version goes when the next thing begins. */
  function begin(armed: { token: string; functionArn: string }, testOnly: boolean): void {
    endTest();
    endTest = nothing;
    if (testOnly) endTest = secretsManager.beginTest(development.secretName, armed);
    else secretsManager.beginRotation(development.secretName, armed);
  }
};

const nothing = (): void => undefined;

const refusal = (status: number, message: string) => Response.json({ message }, { status });
