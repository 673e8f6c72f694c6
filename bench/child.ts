import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A process that says when it is ready, and then answers one question after another. */
export interface Child extends AsyncDisposable {
  /** One at a time. Throws where the process ends instead. */
  ask(question: object): Promise<unknown>;
}

interface Options {
  readonly args?: readonly string[];
  /** Absent: that of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a script of this folder. What it prints is dropped, but for errors. */
export async function startChild(script: string, options: Options = {}): Promise<Child> {
  const { args = [], environment } = options;
  const child = fork(join(import.meta.dirname, script), args, {
    ...(environment && { env: environment }),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await messageFrom(child);
  return {
    ask(question) {
      child.send(question);
      return messageFrom(child);
    },
    async [Symbol.asyncDispose]() {
      if (!child.connected) return;
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

async function messageFrom(child: ChildProcess): Promise<unknown> {
  const over = new AbortController();
  try {
    const ended = once(child, 'exit', over).then(() => {
      throw new Error('A process of the benchmark ended before it answered.');
    });
    const [message]: unknown[] = await Promise.race([once(child, 'message', over), ended]);
    return message;
  } finally {
    over.abort();
  }
}
