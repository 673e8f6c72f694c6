import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { functionArnOf, localLambda, type LocalLambda } from './local-lambda.ts';
import { runKeyturn } from './run-keyturn.ts';

export const ids = { current: 'c'.repeat(32), pending: 'b'.repeat(32) };

/** What the function tells, with this way out of it. */
export const inspectionOf = (wayOut: object) => ({
  secret: 'arn',
  name: 'shop/production',
  at: '2026-06-01T12:00:00.000Z',
  rotationEnabled: true,
  versions: [
    { versionId: ids.current, labels: ['AWSCURRENT'], createdAt: '2026-06-01T11:00:00.000Z' },
    { versionId: ids.pending, labels: ['AWSPENDING'], createdAt: '2026-06-01T11:30:00.000Z' },
  ],
  keys: [
    {
      key: 'DB_PASSWORD',
      rotator: 'rds-master-password',
      changes: ['DB_PASSWORD'],
      credentials: [
        { versionId: ids.current, verdict: 'rejected' },
        {
          versionId: ids.pending,
          verdict: 'failed',
          problem: { code: 'UNREACHABLE', key: 'DB_PASSWORD', message: 'No answer came.' },
        },
      ],
    },
  ],
  wayOut,
});

/** Ways out of what was found. */
export const works = { way: 'none', keys: [], finding: 'All is well.', reasons: [] };
export const stuck = {
  way: 'take-back',
  keys: ['DB_PASSWORD'],
  version: ids.pending,
  finding: 'A rotation stuck.',
  action: 'It is taken back.',
  reasons: [],
};
export const drifted = { ...stuck, way: 'reset', version: undefined, finding: 'It drifted.' };
export const lost = {
  ...drifted,
  way: 'supply',
  finding: 'It is lost.',
  action: 'Supply what works.',
};
export const unasked = {
  ...drifted,
  way: 'mend-first',
  finding: 'It is silent.',
  action: 'Mend it.',
};

const sent = v.looseObject({ Operation: v.string() });

interface Told {
  look: () => object;
  act: () => object;
}

/** A secret whose function answers as a test says, and the command that asks it for a repair. */
export function useRepairRig() {
  const usual: Told = {
    look: () => inspectionOf(works),
    act: () => ({ done: {}, inspection: told.look() }),
  };
  const told = { ...usual };
  const events: v.InferOutput<typeof sent>[] = [];
  let lambda: LocalLambda;
  let arn = '';

  async function answer(event: unknown): Promise<object> {
    const parsed = v.parse(sent, event);
    events.push(parsed);
    return parsed.Operation === 'repair' ? told.act() : told.look();
  }

  beforeAll(async () => {
    const functionArn = functionArnOf('keyturn-rotate');
    lambda = await localLambda(new Map([[functionArn, answer]]));
    arn = lambda.rotatedBy(functionArn, 'shop/production');
  });
  beforeEach(() => {
    events.length = 0;
    Object.assign(told, usual);
  });
  afterAll(() => lambda.close());

  return {
    told,
    events,
    arn: () => arn,
    keyturn: (...args: string[]) => runKeyturn(lambda, 'repair', 'shop/production', ...args),
    asked: () => events.map(({ Operation }) => Operation),
  };
}
