import { reconcile } from '../rotation/reconcile.ts';
import { recorded } from '../rotation/run-step.ts';
import { parseReconcileEvent } from './event.ts';
import { invocationOf, lambdaHandler } from './invocation.ts';
import type { Wiring } from './wiring.ts';

/** Brings the systems to what the labels of a secret say. An error makes its caller try again. */
export const reconcileSecretHandler = (wiring: Wiring) =>
  lambdaHandler(wiring.logger, async (event, context, signal) => {
    const debt = parseReconcileEvent(event);
    const call = { step: 'reconcile', secretId: debt.secret } as const;
    const invocation = invocationOf(wiring, { context, signal }, call);
    await recorded(invocation, () => reconcile(invocation, debt));
  });
