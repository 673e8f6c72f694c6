import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lambdaHandler } from '../../src/handlers/invocation.ts';
import type { HttpServer } from '../../src/local/http-server.ts';
import { startPostgres, type Postgres } from '../../src/local/postgres/start-postgres.ts';
import { guarded } from '../../src/rotation/guarded-rotator.ts';
import { contextWith, listeningLogger, rotationEvent } from '../handlers/support/lambda.ts';
import { leaksIn } from '../stack/leaks.ts';
import { caught, type Caught, type Leak } from './leaks/leak.ts';
import { leaksBySpelling, leaksByValue } from './leaks/leaks-by-spelling.ts';
import { leaksOfClients } from './leaks/leaks-of-clients.ts';
import { leaksOfObjects } from './leaks/leaks-of-objects.ts';
import { leaksOfPostgres } from './leaks/leaks-of-postgres.ts';
import { printed } from './leaks/printed.ts';
import { serveEcho } from './leaks/serve-echo.ts';
import { credential, listeningCall, rotatorOf, verbs } from './support/careless-rotator.ts';
import { failureOf } from './support/world.ts';

/** Characters that every spelling changes, in long and in short stretches. */
const awkward = `p@ss w/ord+'quoted'"twice"\\and&more<=>%$(x)`;

let echo: HttpServer;
let postgres: Postgres;
beforeAll(async () => {
  [echo, postgres] = await Promise.all([serveEcho(), startPostgres()]);
});
afterAll(() => Promise.all([echo.close(), postgres.stop()]));

const table: readonly Leak[] = [
  ...leaksOfClients(() => echo.url),
  ...leaksOfPostgres(() => postgres),
  ...leaksBySpelling,
  ...leaksByValue,
  ...leaksOfObjects,
];

test('no leak stands twice in the table', () => {
  expect(new Set(table.map(({ name }) => name)).size).toBe(table.length);
});

const rows = table.map((row) => [row.name, row] as const);

describe.each(rows)('%s', (_, { leak, value = awkward, shows = (whole) => whole }) => {
  const raw = () => caught(() => leak(value));
  const rotator = guarded(rotatorOf(async () => throwing(await raw())));
  const held = credential(value);
  const credentials = { current: held, next: held, superseded: held };

  test('shows the value where nothing is done about it', async () => {
    expect(leakingIn(printed((await raw()).thrown), shows(value))).not.toEqual([]);
  });

  test('shows nothing of it in any verb, however the error is printed', async () => {
    for (const { run } of verbs) {
      const error = await failureOf(run(rotator, listeningCall().call, credentials));

      expect(error.key).toBe('API_TOKEN');
      for (const text of Object.values(printed(error))) expectNothingOf(value, text);
    }
  });

  test('shows nothing of it in what the function logs and rejects with', async () => {
    const { logger, lines } = listeningLogger();
    const handler = lambdaHandler(logger, (_event, _context, signal) =>
      rotator.check({ current: held, signal, log: logger, withhold: () => undefined }),
    );

    const error = await failureOf(Promise.resolve(handler(rotationEvent, contextWith())));

    expect(lines).toHaveLength(1);
    expectNothingOf(value, JSON.stringify(lines));
    for (const text of Object.values(printed(error))) expectNothingOf(value, text);
  });

  test('shows nothing of it in the log of any verb', async () => {
    const texts = leakingIn(printed((await raw()).thrown), shows(value));
    const [text = ''] = texts.toSorted((a, b) => a.length - b.length);
    const logging = guarded(
      rotatorOf(async ({ log }) => {
        log.info(text);
        log.warn(text);
        throw new Error('done');
      }),
    );

    for (const { run } of verbs) {
      const { call, lines } = listeningCall();
      await failureOf(run(logging, call, credentials));

      expect(lines).toHaveLength(2);
      expectNothingOf(value, lines.join('\n'), 12);
    }
  });
});

/** The texts that show it. */
const leakingIn = (ways: Record<string, string>, shown: string) =>
  Object.values(ways).filter((text) => leaksIn(text, [shown]).length > 0);

/** Neither the value in any form, nor so many characters of it. */
function expectNothingOf(value: string, text: string, pieceLength = 8): void {
  const pieces = Array.from({ length: Math.max(0, value.length - pieceLength + 1) }, (_, at) =>
    value.slice(at, at + pieceLength),
  );
  expect(leaksIn(text, [value])).toEqual([]);
  expect(pieces.filter((piece) => text.toLowerCase().includes(piece.toLowerCase()))).toEqual([]);
}

function throwing({ thrown }: Caught): never {
  throw thrown;
}
