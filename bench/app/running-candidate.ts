import { devNull } from 'node:os';
import * as v from 'valibot';
import { localRegion } from '../../src/local/aws-service.ts';
import { localCredentials } from '../../src/local/stack/deployment.ts';
import { startChild } from '../child.ts';
import type { Built } from './candidates.ts';
import type { Question } from './questions.ts';
import { secretId, type Store } from './store.ts';
import type { Opening } from './subject.ts';

/** A candidate in a process of its own. */
export interface RunningCandidate extends AsyncDisposable {
  /** One question at a time. Throws where the process ends instead of answering as is expected. */
  ask<Answer extends v.GenericSchema>(
    answer: Answer,
    question: Question,
  ): Promise<v.InferOutput<Answer>>;
}

interface Surroundings {
  readonly store: Pick<Store, 'url'>;
  readonly ttlMs: number;
  /** Ends the process, whatever it is asked. */
  readonly signal: AbortSignal;
  /** Whether it finds the variable that says that it is a function of Lambda's. */
  readonly inLambda?: boolean;
}

/** Resolves when it is open. */
export async function startCandidate(
  { module }: Pick<Built, 'module'>,
  { store, ttlMs, signal, inLambda = false }: Surroundings,
): Promise<RunningCandidate> {
  const child = await startChild('app/subject-process.ts', {
    args: [module, JSON.stringify(openingOf(ttlMs))],
    environment: {
      ...environmentOf(store),
      ...(inLambda && { AWS_LAMBDA_FUNCTION_NAME: 'reader' }),
    },
  });
  const end = () => child[Symbol.asyncDispose]();
  const stop = () => void end();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) await end();
  signal.throwIfAborted();
  return {
    ask: async (answer, question) => v.parse(answer, await child.ask(question)),
    async [Symbol.asyncDispose]() {
      signal.removeEventListener('abort', stop);
      await end();
    },
  };
}

export const openingOf = (ttlMs: number): Opening => ({ secretId, ttlMs });

/** All that a candidate finds in its environment. Profiles of this machine are none of its business. */
export const environmentOf = ({ url }: Pick<Store, 'url'>): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL: url,
  AWS_REGION: localRegion,
  AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
});
