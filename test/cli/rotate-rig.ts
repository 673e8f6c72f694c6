import { afterAll, beforeAll, expect } from 'vitest';
import { serveHttp, type HttpServer } from '../../src/local/http-server.ts';
import { production } from '../../src/local/stack/environments.ts';
import type { Strategy } from '../../src/local/strategies/strategy.ts';
import { textsIn } from '../../src/rotation/redaction.ts';
import { leaksIn } from '../stack/leaks.ts';
import { startRig, type Rig } from '../stack/support.ts';
import { runKeyturn, type Endpoint } from './run-keyturn.ts';

/** What the command asks AWS for, and what may answer in its place. */
export interface Between {
  /** Operations, in their order; an event of the function by its name. */
  readonly asked: string[];
  /** Set by a test: an answer in place of the stack's, once it did what it was asked or not. */
  answer?:
    ((operation: string) => Response | Promise<Response | undefined> | undefined) | undefined;
}

/** The whole stack with rotation turned on, behind something that listens to what the command sends. */
export function useRotateRig(options: { grace?: string; strategy?: Strategy } = {}) {
  const between: Between = { asked: [] };
  const values = new Set<string>();
  const shown: string[] = [];
  let rig: Rig;
  let server: HttpServer;

  beforeAll(async () => {
    rig = await startRig({ grace: '1h', ...options });
    await rig.rotate({ RotateImmediately: false });
    server = await serveHttp(listeningTo(rig.stack.awsUrl, { between, shown }));
    learn();
  });
  afterAll(async () => {
    learn();
    expect(leaksIn(shown.join('\n'), values)).toEqual([]);
    await server.close();
    await rig.stop();
  });

  /** Every value that any version ever had: nothing that was shown or sent may hold one. */
  function learn(): void {
    for (const label of ['AWSCURRENT', 'AWSPREVIOUS', 'AWSPENDING']) {
      const text = labelled(label)?.secretString ?? '{}';
      const { TWILIO_ACCOUNT_SID: _sid, ...secret } = Object(JSON.parse(text));
      for (const value of textsIn(secret)) values.add(value);
    }
  }

  const labelled = (label: string) =>
    rig.stack.secretsManager.inspect(production.secretName, label);

  return {
    between,
    rig: () => rig,
    endpoint: (): Endpoint => ({
      clientConfig: { ...rig.stack.clientConfig, endpoint: server.url },
    }),
    versionAt: (label: string) => labelled(label)?.versionId,
    learn,
    /** What was shown, for the search for values at the end. */
    keep: (text: string) => void shown.push(text),
    async rotate(...args: string[]) {
      return this.rotateAs({}, ...args);
    },
    /** With other variables of the environment. */
    async rotateAs(env: Readonly<Record<string, string>>, ...args: string[]) {
      learn();
      between.asked.length = 0;
      const command = ['rotate', production.secretName, ...args];
      const outcome = await runKeyturn({ ...this.endpoint(), env }, ...command);
      shown.push(outcome.stdout, outcome.stderr);
      learn();
      return outcome;
    },
  };
}

export type RotateRig = ReturnType<typeof useRotateRig>;

function listeningTo(
  awsUrl: string,
  { between, shown }: { readonly between: Between; readonly shown: string[] },
) {
  return async (request: Request): Promise<Response> => {
    const body = await request.text();
    const { method, headers } = request;
    const { pathname, search } = new URL(request.url);
    const operation = operationOf(request, body);
    between.asked.push(operation);
    shown.push(pathname, body);
    const early = await between.answer?.(operation);
    return (
      early ?? fetch(`${awsUrl}${pathname}${search}`, { method, headers, ...(body && { body }) })
    );
  };
}

function operationOf(request: Request, body: string): string {
  const target = request.headers.get('x-amz-target')?.split('.').at(-1);
  if (target !== undefined) return target;
  if (!request.url.endsWith('/invocations')) return new URL(request.url).pathname;
  const event: unknown = JSON.parse(body);
  return `invoke ${String(Object(event).Operation)}`;
}

/** An error as AWS's services that speak JSON send it. */
export const refusal = (name: string, message = '', status = 400) =>
  Response.json({ __type: name, message }, { status, headers: { 'x-amzn-errortype': name } });
