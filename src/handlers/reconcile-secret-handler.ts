import { isDaily } from '../rotation/bookings.ts';
import { dailyRun } from '../rotation/daily-run.ts';
import { reconcile } from '../rotation/reconcile.ts';
import { reportingState } from '../rotation/report-state.ts';
import { recorded } from '../rotation/run-step.ts';
import { parseReconcileEvent } from './event.ts';
import { lambdaHandler } from './invocation.ts';
import { measured } from './measured.ts';
import type { Wiring } from './wiring.ts';

/** Brings the systems to what the labels of a secret say. An error makes its caller try again. */
export const reconcileSecretHandler = (wiring: Wiring) =>
  lambdaHandler(wiring.logger, async (event, context, signal) => {
    const debt = parseReconcileEvent(event);
    const call = { step: 'reconcile', secretId: debt.secret } as const;
    const livesForMs = () => context.getRemainingTimeInMillis();
    await measured(wiring, { context, signal }, call, (invocation) => {
      if (!isDaily(debt)) return recorded(invocation, () => reconcile(invocation, debt));
      const correspondence = {
        deadLetters: wiring.deadLetters?.({ signal, livesForMs }),
        readEvent: parseReconcileEvent,
      };
      const work = () => recorded(invocation, () => dailyRun(invocation, debt, correspondence));
      return reportingState(invocation, work);
    });
  });
