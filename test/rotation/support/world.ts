import { randomUUID } from 'node:crypto';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expect, onTestFinished } from 'vitest';
import { openSecret } from '../../../src/aws/secrets-manager-store.ts';
import { DrivenClock } from '../../../src/local/driven-clock.ts';
import { serveHttp } from '../../../src/local/http-server.ts';
import {
  createSecretsManager,
  type SecretsManagerBehaviour,
} from '../../../src/local/secrets-manager/secrets-manager.ts';
import type { Booking, ReconcileEvent } from '../../../src/rotation/bookings.ts';
import { RotationError, type Step } from '../../../src/rotation/errors.ts';
import { guarded } from '../../../src/rotation/guarded-rotator.ts';
import type { JournalEntry, Note, Verb } from '../../../src/rotation/journal.ts';
import type { Derive } from '../../../src/rotation/plan.ts';
import { reconcile } from '../../../src/rotation/reconcile.ts';
import type { Invocation, Rotation } from '../../../src/rotation/rotation.ts';
import type { Rotator } from '../../../src/rotation/rotator.ts';
import { recorded, runStep, type RotationStep } from '../../../src/rotation/run-step.ts';
import { dual, ownKey, single } from './rotators.ts';
import { isWrite, wireOf, type RequestBody } from './secrets-manager-wire.ts';
import { expectSentences, told } from './sentences.ts';
import { DualService, SingleService } from './systems.ts';
import { Timeline } from './timeline.ts';

const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:rotate';
export const rotationToken = 'a-rotation-token-of-36-characters-ok';
export const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

/** What the secret starts from: one key for each rotator, and one that is carried over. */
export const first = {
  SIGNING_KEY: 'signing-key-of-the-first-day',
  API_TOKEN: 'api-token-of-the-first-day',
  DB_PASSWORD: 'db-password-of-the-first-day',
  REGION: 'eu-west-1',
} as const;

export const firstText = JSON.stringify(first, null, 2);

/** The services of a world and its timeline, for making rotators. */
export interface Ends {
  readonly timeline: Timeline;
  readonly api: DualService;
  readonly db: SingleService;
}

export interface WorldOptions {
  readonly text?: string;
  readonly rotators?: (ends: Ends) => readonly Rotator[];
  readonly derived?: Readonly<Record<string, Derive>>;
  readonly behaviour?: Partial<SecretsManagerBehaviour>;
}

export const usualRotators = ({ timeline, api, db }: Ends): readonly Rotator[] => [
  ownKey('SIGNING_KEY', timeline),
  dual('API_TOKEN', api, timeline),
  single('DB_PASSWORD', db, timeline),
];

/** A secret in the Secrets Manager stand-in over HTTP, services behind it, and the protocol. */
export async function startWorld({
  text = firstText,
  rotators = usualRotators,
  derived = {},
  behaviour = {},
}: WorldOptions = {}) {
  const clock = new DrivenClock();
  const timeline = new Timeline();
  const puts: RequestBody[] = [];
  const entries: JournalEntry[] = [];
  const booked: Booking[] = [];
  const lines: string[] = [];
  const api = new DualService('api', first.API_TOKEN, timeline);
  const db = new SingleService('db', first.DB_PASSWORD, timeline);

  const functions = new Map([[functionArn, async () => undefined]]);
  const manager = createSecretsManager({ clock, functions, behaviour });
  const server = await serveHttp(wireOf(manager, timeline, puts));
  const client = new SecretsManagerClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    manager.close();
    client.destroy();
    await server.close();
  });
  const { arn, versionId: firstVersion } = manager.createSecret({
    name: 'shop/production',
    arnSuffix: 'AbCdEf',
    secretString: text,
  });
  const rotatorsOf = rotators({ timeline, api, db }).map(guarded);

  const invocation = (step: Step, changes: Partial<Invocation> = {}): Invocation => {
    const signal = changes.signal ?? new AbortController().signal;
    return {
      step,
      secretId: arn,
      secret: openSecret({ client, secretId: arn, signal, rotationToken }),
      plan: { rotators: rotatorsOf, derived },
      bookings: {
        book: (booking) =>
          timeline.around(`book ${booking.purpose}`, () => void booked.push(booking)),
      },
      clock,
      journal: {
        record: (entry) => {
          if (entry.kind === 'note') expectSentences(entry.message);
          entries.push(entry);
        },
      },
      log: { info: (line) => void lines.push(line), warn: (line) => void lines.push(line) },
      signal,
      remainingMs: () => 290_000,
      ...changes,
    };
  };

  const world = {
    clock,
    timeline,
    puts,
    entries,
    booked,
    lines,
    api,
    db,
    manager,
    client,
    arn,
    firstVersion,
    invocation,

    /** Puts the secret where RotateSecret would. */
    begin(token: string = randomUUID()): string {
      manager.beginRotation(arn, { token, functionArn });
      return token;
    },

    /** Runs one step as an invocation of its own. */
    run: (step: RotationStep, token: string, changes: Partial<Rotation> = {}): Promise<void> =>
      told(runStep(step, { ...invocation(step, changes), token })),

    /** Begins a rotation and runs its steps up to and with `last`; answers its token. */
    async rotate(last: RotationStep = 'finishSecret'): Promise<string> {
      const token = world.begin();
      for (const step of steps.slice(0, steps.indexOf(last) + 1)) await world.run(step, token);
      return token;
    },

    reconcile(event: Partial<ReconcileEvent> = {}): Promise<void> {
      const call = invocation('reconcile');
      return told(recorded(call, () => reconcile(call, { secret: arn, ...event })));
    },

    at: (label: string) => manager.inspect(arn, label),
    current: () => valuesIn(manager.inspect(arn, 'AWSCURRENT')?.secretString),
    pending: () => valuesIn(manager.inspect(arn, 'AWSPENDING')?.secretString),
    writes: () => timeline.events.filter(isWrite),
    /** The verbs that were called for a key, in order. */
    verbs: (key: string): Verb[] =>
      entries.flatMap((entry) => (entry.kind === 'key' && entry.key === key ? [entry.verb] : [])),
    /** What was noted, but for bookings: those are in `booked`. */
    notes: (): Note[] =>
      entries.flatMap((entry) =>
        entry.kind === 'note' && !entry.note.endsWith('-booked') ? [entry.note] : [],
      ),
  };
  return world;
}

export type World = Awaited<ReturnType<typeof startWorld>>;

/** The one thing that must hold at all times, outside of a switch gap. */
export function expectPublishedToWork({ api, db, current }: World): void {
  const { API_TOKEN = '', DB_PASSWORD = '' } = current();
  expect({ api: api.accepts(API_TOKEN), db: db.accepts(DB_PASSWORD) }).toEqual({
    api: true,
    db: true,
  });
}

/** The error that work rejects with; fails when it does not, or with any other than ours. */
export async function failureOf(work: Promise<unknown>): Promise<RotationError> {
  const outcome = await work.then(
    () => 'nothing was thrown',
    (error: unknown) => error,
  );
  if (outcome instanceof RotationError) return outcome;
  throw new Error('Not a RotationError', { cause: outcome });
}

/** The code that work fails with; `undefined` when it does not fail. */
export const codeOf = (work: Promise<unknown>): Promise<string | undefined> =>
  work.then(
    () => undefined,
    (error: unknown) => (error instanceof RotationError ? error.code : String(error)),
  );

function valuesIn(text: string | undefined): Record<string, string> {
  return text === undefined ? {} : JSON.parse(text);
}
