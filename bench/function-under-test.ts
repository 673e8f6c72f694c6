import * as v from 'valibot';
import { startChild } from './child.ts';

const invoked = v.object({ ms: v.number(), calls: v.array(v.string()) });
const outcome = v.union([invoked, v.object({ failure: v.string() })]);

export type Outcome = v.InferOutput<typeof outcome>;

/** How long one invocation took, and the services that it called, once for each call. */
export type Invoked = v.InferOutput<typeof invoked>;

/** A built function, loaded in a process of its own that is kept, as Lambda keeps one. */
export interface FunctionUnderTest extends AsyncDisposable {
  /** One at a time. Throws where the function fails. */
  invoke(event: object): Promise<Invoked>;
}

interface Deployed {
  readonly module: string;
  readonly arn: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Resolves when the function is loaded. */
export async function startFunction(deployed: Deployed): Promise<FunctionUnderTest> {
  const { module, arn, environment } = deployed;
  const child = await startChild('function-process.ts', { args: [module, arn], environment });
  return {
    async invoke(event) {
      const answer = v.parse(outcome, await child.ask(event));
      if ('failure' in answer) throw new Error(`The function failed: ${answer.failure}`);
      return answer;
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}
