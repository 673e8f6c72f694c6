import { type Context, Hono } from 'hono';
import type { LocalFunction, LocalFunctions } from '../functions.ts';
import type { FunctionConfiguration } from './function-configuration.ts';
import { answerOf, invoke } from './invoke.ts';
import { LambdaError, noPolicy, notFound } from './lambda-error.ts';
import { functionArnOf } from './named.ts';
import type { Permissions } from './permissions.ts';

interface Setting {
  readonly functions: LocalFunctions;
  readonly configurations: ReadonlyMap<string, FunctionConfiguration>;
  readonly permissions: Permissions;
  /** Takes an event that nobody waits for. */
  readonly later: (invocation: Invocation) => void;
}

interface Invocation {
  readonly functionArn: string;
  readonly run: LocalFunction;
  readonly event: unknown;
}

/** Lambda's REST interface, as far as it is here. What it throws beside LambdaError is passed on. */
export function lambdaRoutes(setting: Setting): Hono {
  const app = new Hono();
  addInvocation(app, setting);
  addReading(app, setting);
  addPolicy(app, setting);
  app.notFound(() =>
    new LambdaError('UnknownOperationException', 404, 'No such operation.').toResponse(),
  );
  app.onError((error) => {
    if (error instanceof LambdaError) return error.toResponse();
    throw error;
  });
  return app;
}

const path = '/2015-03-31/functions/:name';

function addInvocation(app: Hono, { functions, later }: Setting): void {
  app.post(`${path}/invocations`, async (c) => {
    const functionArn = arnIn(c, functions);
    const run = functions.get(functionArn);
    if (!run) throw notFound(functionArn);
    const event = eventIn(await c.req.text());

    switch (c.req.header('x-amz-invocation-type') ?? 'RequestResponse') {
      case 'RequestResponse':
        return answerOf(await invoke(run, event));
      case 'Event':
        later({ functionArn, run, event });
        return new Response(null, { status: 202, headers: requestId() });
      case 'DryRun':
        return new Response(null, { status: 204, headers: requestId() });
      default:
        throw new LambdaError('InvalidParameterValueException', 400, 'No such invocation type.');
    }
  });
}

function addReading(app: Hono, { functions, configurations }: Setting): void {
  /** One that no template configured is known by its name alone. */
  const configurationOf = (functionArn: string) =>
    configurations.get(functionArn) ?? {
      FunctionName: functionArn.split(':').at(-1),
      FunctionArn: functionArn,
    };

  app.get(path, (c) =>
    c.json(
      { Configuration: configurationOf(arnIn(c, functions)), Code: { RepositoryType: 'S3' } },
      200,
      requestId(),
    ),
  );
  app.get(`${path}/configuration`, (c) =>
    c.json(configurationOf(arnIn(c, functions)), 200, requestId()),
  );
}

function addPolicy(app: Hono, { functions, permissions }: Setting): void {
  app.get(`${path}/policy`, (c) => {
    const policy = permissions.policyOf(arnIn(c, functions));
    if (!policy) throw noPolicy();
    const Policy = JSON.stringify({ Id: 'default', ...policy });
    return c.json({ Policy, RevisionId: crypto.randomUUID() }, 200, requestId());
  });
  app.post(`${path}/policy`, async (c) => {
    const statement = permissions.add(arnIn(c, functions), eventIn(await c.req.text()));
    return c.json({ Statement: JSON.stringify(statement) }, 201, requestId());
  });
  app.delete(`${path}/policy/:sid`, (c) => {
    permissions.remove(arnIn(c, functions), c.req.param('sid') ?? '');
    return new Response(null, { status: 204, headers: requestId() });
  });
}

/** The ARN of the function that the path names. Throws ResourceNotFoundException. */
function arnIn(c: Context, functions: LocalFunctions): string {
  const named = c.req.param('name') ?? '';
  const functionArn = functionArnOf(named);
  if (functions.has(functionArn)) return functionArn;
  throw notFound(named);
}

/** A function that is invoked without a payload gets an empty object. */
function eventIn(body: string): unknown {
  try {
    return body === '' ? {} : JSON.parse(body);
  } catch {
    throw new LambdaError(
      'InvalidRequestContentException',
      400,
      'Could not parse request body into json.',
    );
  }
}

const requestId = () => ({ 'x-amzn-requestid': crypto.randomUUID() });
