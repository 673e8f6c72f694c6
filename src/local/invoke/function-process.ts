import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import * as v from 'valibot';
import { lambdaContext } from '../stack/lambda-context.ts';
import type { Outcome } from './run-function.ts';

const request = v.object({ module: v.string(), arn: v.string(), event: v.unknown() });
const lambdaModule = v.looseObject({ handler: v.function() });

// What Lambda's runtime is to a function: loads it, hands it one event, and reports how it ended.
// As there, both streams are one log, so that its lines keep their order.
process.stderr.write = process.stdout.write.bind(process.stdout);
const [message] = await once(process, 'message');
const answer = await outcomeOf(v.parse(request, message));
process.send?.(answer, () => process.stdout.write('', () => process.exit(0)));

async function outcomeOf(asked: v.InferOutput<typeof request>): Promise<Outcome> {
  let started = performance.now();
  const ms = () => Math.round(performance.now() - started);
  try {
    const loaded: unknown = { ...(await import(pathToFileURL(asked.module).href)) };
    const { handler } = v.parse(lambdaModule, loaded);
    started = performance.now();
    await handler(asked.event, lambdaContext(asked.arn));
    return { ms: ms() };
  } catch (error) {
    return { ms: ms(), failure: failureOf(error) };
  }
}

/** The handlers let no foreign error out; any other stems from loading, before a secret was read. */
function failureOf(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: 'UNEXPECTED', message: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'UNEXPECTED';
  return { code, message: error.message };
}
