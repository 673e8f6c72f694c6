/**
 * Waits so many ms, and then no longer: throws a TimeoutError, also where the work does not heed the
 * signal, as what looks for credentials does not.
 */
export async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = new DOMException(`no answer came within ${ms / 1_000} s`, 'TimeoutError');
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(late);
    over.abort(late);
  }, ms);
  try {
    return await Promise.race([work(over.signal), promise]);
  } finally {
    clearTimeout(timer);
  }
}
