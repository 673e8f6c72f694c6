import { getEventListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveHttp, type HttpServer } from '../../src/local/http-server.ts';
import { RotationError } from '../../src/rotation/errors.ts';
import { guarded } from '../../src/rotation/guarded-rotator.ts';
import type { Rotator, RotatorLog } from '../../src/rotation/rotator.ts';
import { randomText } from '../../src/rotators/random-text.ts';
import { leaksIn } from '../stack/leaks.ts';
import { caught } from './leaks/leak.ts';
import { printed } from './leaks/printed.ts';
import { credentials, listeningCall, rotatorOf, verbs } from './support/careless-rotator.ts';
import { failureOf } from './support/world.ts';
import { anyVersion } from '../support/calling.ts';

/** A provider that makes a token, and then quotes it when it refuses to show more. */
let provider: HttpServer;
let token: string;
beforeAll(async () => {
  provider = await serveHttp((request) =>
    request.method === 'POST'
      ? Response.json({ token: (token = randomText(40)) })
      : Response.json({ message: `The token ${token} is not active yet` }, { status: 409 }),
  );
});
afterAll(() => provider.close());

async function make(): Promise<string> {
  const answer = await fetch(provider.url, { method: 'POST' });
  return String(Reflect.get(Object(await answer.json()), 'token'));
}

const quoted = async () => (await fetch(provider.url)).text();

function creating(create: (log: RotatorLog) => Promise<string>): Rotator {
  const rotator = rotatorOf(() => Promise.reject(new Error('unused')));
  return guarded({ ...rotator, create: async ({ log }) => ({ API_TOKEN: await create(log) }) });
}

const create = (rotator: Rotator, call = listeningCall().call) =>
  rotator.create({
    ...call,
    current: credentials.current,
    superseded: async () => undefined,
    version: anyVersion,
  });

describe('a value that a provider made in this very call', () => {
  test.each([
    { form: 'in the message', failing: async () => Promise.reject(new Error(await quoted())) },
    {
      form: 'as its code',
      failing: async () => Promise.reject(Object.assign(new Error('x'), { code: token })),
    },
    {
      form: 'as its name',
      failing: async () => Promise.reject(Object.assign(new Error('x'), { name: token })),
    },
    {
      form: 'in a cause',
      failing: async () => Promise.reject(new Error('x', { cause: new Error(await quoted()) })),
    },
    {
      form: 'in a message of ours',
      failing: async () =>
        Promise.reject(new RotationError('PROVIDER_REFUSED', `It says: ${await quoted()}.`)),
    },
    {
      form: 'in a message of ours, as Basic credentials',
      failing: async () =>
        Promise.reject(new RotationError('PROVIDER_REFUSED', `Sent ${btoa(`app:${token}`)}.`)),
    },
  ])('is not shown $form, when a later call of create fails', async ({ failing }) => {
    await make();
    const raw = await caught(failing);
    expect(leaksIn(Object.values(printed(raw.thrown)).join('\n'), [token])).not.toEqual([]);

    const error = await failureOf(
      create(
        creating(async () => {
          await make();
          return failing();
        }),
      ),
    );

    for (const text of Object.values(printed(error))) expect(leaksIn(text, [token])).toEqual([]);
  });

  test('is not shown by a line that create logs before it answers, whatever it looks like', async () => {
    const made = 'plain words that look like no token';
    const { call, lines } = listeningCall();

    const answer = await create(
      creating(async (log) => {
        log.info(`made ${made}`);
        log.warn(`Authorization: ${btoa(`app:${made}`)}`);
        return made;
      }),
      call,
    );

    expect(answer).toEqual({ API_TOKEN: made });
    expect(lines).toEqual(['made [redacted]', 'Authorization: [redacted]']);
  });

  test('is not shown by a line that create logs before it fails', async () => {
    const { call, lines } = listeningCall();
    const rotator = creating(async (log) => {
      log.info(`made ${await make()}`);
      throw new Error('then it failed');
    });

    await failureOf(create(rotator, call));

    expect(lines).toEqual(['made [redacted]']);
  });

  test('lines of a create that hangs are written when time is up, and later ones at once', async () => {
    const controller = new AbortController();
    const { call, lines } = listeningCall(controller.signal);
    const going = Promise.withResolvers<string>();
    const logged = Promise.withResolvers<RotatorLog>();
    const outcome = create(
      creating((log) => {
        log.info('asking the provider');
        logged.resolve(log);
        return going.promise;
      }),
      call,
    );
    const log = await logged.promise;
    expect(lines).toEqual([]);

    controller.abort();
    log.info('still asking');

    expect(lines).toEqual(['asking the provider', 'still asking']);
    going.resolve('done');
    await outcome;
  });

  test('leaves no listener on the signal behind', async () => {
    const { call } = listeningCall();

    await create(
      creating(async () => 'made'),
      call,
    );

    expect(getEventListeners(call.signal, 'abort')).toEqual([]);
  });
});

test.each(verbs)(
  'a token that $verb saw at the provider, of which nobody knew',
  async ({ run }) => {
    await make();
    const rotator = guarded(
      rotatorOf(async ({ log }) => {
        log.warn(`its primary token is ${token}`);
        throw new RotationError('CANNOT_TELL', `The primary token is ${token}. Leave it.`);
      }),
    );
    const { call, lines } = listeningCall();

    const error = await failureOf(run(rotator, call, credentials));

    expect(error.message).toBe('The primary token is [redacted]. Leave it.');
    expect(lines).toEqual(['its primary token is [redacted]']);
  },
);

test('what create asks for itself counts as known', async () => {
  const superseded = 'plain words of the version before';
  const rotator = guarded({
    ...rotatorOf(() => Promise.reject(new Error('unused'))),
    create: async (call) => {
      const credential = await call.superseded();
      throw new RotationError('CANNOT_TELL', `Found ${JSON.stringify(credential)}. Leave it.`);
    },
  });

  const error = await failureOf(
    rotator.create({
      ...listeningCall().call,
      current: credentials.current,
      superseded: async () => ({ API_TOKEN: superseded }),
      version: anyVersion,
    }),
  );

  expect(error.message).toBe('Found {"API_TOKEN":"[redacted]"}. Leave it.');
});
