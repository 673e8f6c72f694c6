import { type Context, Hono } from 'hono';

import { accounts } from './accounts.ts';
import { apiKeys } from './api-keys.ts';
import { authTokens } from './auth-tokens.ts';
import { authenticate, type Caller } from './authenticate.ts';
import { underFault } from './faults.ts';
import type { Journal } from './journal.ts';
import { messages } from './messages.ts';
import { admit, operationOf, readFields, type Resource } from './resource.ts';
import { notFound, TwilioError } from './twilio-error.ts';
import type { World } from './world.ts';

interface Env {
  Variables: { route?: string; caller?: Caller; code?: number };
}

/** All of Twilio's hosts behind one: the path alone decides. */
export function twilioApp(world: World, journal: Journal): Hono<Env> {
  const app = new Hono<Env>();
  app.use(async (context, next) => {
    const at = world.clock.now();
    await next();
    journal.add({ at, ...describe(context) });
  });
  for (const resource of [...authTokens, ...accounts, ...messages, ...apiKeys]) {
    app.all(honoPath(resource.path), (context) => serve(context, world, resource));
  }
  app.notFound((context) => refuse(context, notFound()));
  app.onError((error, context) => {
    if (error instanceof TwilioError) return refuse(context, error);
    throw error;
  });
  return app;
}

function serve(context: Context<Env>, world: World, resource: Resource): Promise<Response> {
  const { method, raw } = context.req;
  const fault = world.behaviour.fault({ method, route: resource.path });
  context.set('route', resource.path);
  return underFault(fault, raw.signal, () => answer(context, world, resource));
}

async function answer(
  context: Context<Env>,
  world: World,
  { operations }: Resource,
): Promise<Response> {
  // From here on nothing is awaited: no other call comes between the credential and its effect.
  const body = await context.req.text();
  const caller = authenticate(world, context.req.header('Authorization'));
  context.set('caller', caller);
  const operation = operationOf(operations, context.req.method);
  admit(operation, caller);
  const { raw } = context.req;
  const fields = readFields(raw, body);
  return operation.answer({
    world,
    caller,
    url: new URL(raw.url),
    path: segments(context),
    fields,
  });
}

/** Hono takes a variable for a whole segment, so `.json` belongs to it there and not in ours. */
const honoPath = (path: string) => path.replace(/:(\w+)\.json$/, ':$1{[^/]+[.]json}');

const segments = (context: Context<Env>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(context.req.param()).map(([name, value]) => [
      name,
      value.replace(/\.json$/, ''),
    ]),
  );

function refuse(context: Context<Env>, error: TwilioError): Response {
  context.set('code', error.code);
  return error.toResponse();
}

function describe({ req, res, var: { route = '*', caller, code } }: Context<Env>) {
  return {
    method: req.method,
    route,
    ...(caller && { accountSid: caller.account.sid, credential: caller.credential }),
    status: res.status,
    ...(code !== undefined && { code }),
  };
}
