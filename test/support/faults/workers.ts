import { Worker } from 'node:worker_threads';
import type { Result, Task } from './task.ts';

interface Work {
  readonly threads: number;
  readonly onResult: (result: Result) => void;
  /** No task is begun after so many ms. */
  readonly withinMs: number;
}

/** Does tasks in several threads, each with a PostgreSQL of its own. */
export async function performAll(
  tasks: readonly Task[],
  { threads, onResult, withinMs }: Work,
): Promise<void> {
  const left = [...tasks];
  const end = performance.now() + withinMs;
  const next = () => (performance.now() < end ? left.shift() : undefined);
  const thread = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(new URL('./fault-worker.ts', import.meta.url));
      worker.on('message', (message: Result | 'ready') => {
        if (message !== 'ready') onResult(message);
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
        worker.postMessage(next() ?? 'done');
      });
      worker.once('error', reject);
      worker.once('exit', () => resolve());
    });
  await Promise.all(Array.from({ length: threads }, thread));
}
