import { runStep } from '../rotation/run-step.ts';
import { lambdaHandler } from './invocation.ts';
import { measured } from './measured.ts';
import { parseRotationFunctionEvent } from './rotation-function-event.ts';
import type { Wiring } from './wiring.ts';

/**
 * Runs the step of a rotation that Secrets Manager asks for, and answers nothing; or what a
 * person asks for, and answers what became of that. Any error fails the invocation.
 */
export const rotateSecretHandler = (wiring: Wiring) =>
  lambdaHandler(wiring.logger, async (event, context, signal) => {
    const parsed = parseRotationFunctionEvent(event);
    if ('Operation' in parsed) {
      // Loaded when a person asks: a rotation starts the sooner without it.
      const { runOperation } = await import('./operations.ts');
      return runOperation(wiring, { context, signal }, parsed);
    }
    const { Step: step, SecretId: secretId, ClientRequestToken: token, ...rest } = parsed;
    const call = { step, secretId, rotationToken: rest.RotationToken, token };
    await measured(wiring, { context, signal }, call, (invocation) =>
      runStep(step, { ...invocation, token }),
    );
    return undefined;
  });
