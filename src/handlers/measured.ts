import { codeOf, type ErrorCode } from '../rotation/errors.ts';
import type { Invocation } from '../rotation/rotation.ts';
import { embeddedMetrics } from './embedded-metrics.ts';
import { invocationOf, secretName, type Call, type Frame } from './invocation.ts';
import { metricsJournal } from './metrics-journal.ts';
import type { Measurement } from './metrics.ts';
import type { Wiring } from './wiring.ts';

/**
 * Runs the work of one invocation and emits what was measured of it: at its end, however it ends,
 * and when the time is up, since work that hangs never ends. Fails only as the work does.
 */
export async function measured<R>(
  wiring: Wiring,
  frame: Frame,
  call: Call,
  work: (invocation: Invocation) => Promise<R>,
): Promise<R> {
  const { step, secretId } = call;
  const metrics = metricsJournal();
  const origin = { secret: secretName(secretId), startedAt: wiring.clock.now() };
  const emit = () => emitMetrics(wiring, origin, metrics.take());
  const failed = (code: ErrorCode) =>
    metrics.record({ kind: 'step', step, outcome: 'failed', code });
  const timeIsUp = () => {
    failed('NOT_ENOUGH_TIME');
    emit();
  };
  frame.signal.addEventListener('abort', timeIsUp, { once: true });

  try {
    return await work(invocationOf(wiring, { ...frame, metrics }, call));
  } catch (error) {
    failed(codeOf(error));
    throw error;
  } finally {
    frame.signal.removeEventListener('abort', timeIsUp);
    emit();
  }
}

function emitMetrics(
  { emit, logger }: Wiring,
  { secret, startedAt }: { readonly secret: string; readonly startedAt: Date },
  measurements: readonly Measurement[],
): void {
  if (!emit) return;
  try {
    const origin = { secret, startedAt, logger };
    for (const line of embeddedMetrics(origin, measurements)) emit(line);
  } catch (error) {
    // Whatever it is, no rotation fails for being measured.
    const reason = error instanceof Error ? error.name : typeof error;
    logger.error('The metrics of this invocation could not be emitted.', { secret, reason });
  }
}
