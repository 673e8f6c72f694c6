import { rollBack } from '../rotation/roll-back.ts';
import { recorded, runStep } from '../rotation/run-step.ts';
import { parseRotationFunctionEvent } from './event.ts';
import { lambdaHandler } from './invocation.ts';
import { measured } from './measured.ts';
import type { Wiring } from './wiring.ts';

/**
 * Runs the step of a rotation that Secrets Manager asks for, and answers nothing; or the rollback
 * that a person asks for, and answers what became of it. Any error fails the invocation.
 */
export const rotateSecretHandler = (wiring: Wiring) =>
  lambdaHandler(wiring.logger, async (event, context, signal) => {
    const parsed = parseRotationFunctionEvent(event);
    if ('Operation' in parsed) {
      const call = { step: parsed.Operation, secretId: parsed.SecretId };
      return measured(wiring, { context, signal }, call, (invocation) =>
        recorded(invocation, () => rollBack(invocation)),
      );
    }
    const { Step: step, SecretId: secretId, ClientRequestToken: token, ...rest } = parsed;
    const call = { step, secretId, rotationToken: rest.RotationToken };
    await measured(wiring, { context, signal }, call, (invocation) =>
      runStep(step, { ...invocation, token }),
    );
    return undefined;
  });
