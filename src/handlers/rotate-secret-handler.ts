import { runStep } from '../rotation/run-step.ts';
import { parseRotationEvent } from './event.ts';
import { invocationOf, lambdaHandler } from './invocation.ts';
import type { Wiring } from './wiring.ts';

/** Runs the step of a rotation that Secrets Manager asks for. Any error fails the step. */
export const rotateSecretHandler = (wiring: Wiring) =>
  lambdaHandler(wiring.logger, async (event, context, signal) => {
    const {
      Step: step,
      SecretId: secretId,
      ClientRequestToken: token,
      ...rest
    } = parseRotationEvent(event);
    const call = { step, secretId, rotationToken: rest.RotationToken };
    await runStep(step, { ...invocationOf(wiring, { context, signal }, call), token });
  });
