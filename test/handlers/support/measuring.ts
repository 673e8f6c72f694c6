import { randomUUID } from 'node:crypto';
import { reconcileSecretHandler } from '../../../src/handlers/reconcile-secret-handler.ts';
import { rotateSecretHandler } from '../../../src/handlers/rotate-secret-handler.ts';
import type { Wiring } from '../../../src/handlers/wiring.ts';
import type { ReconcileEvent } from '../../../src/rotation/bookings.ts';
import { guarded } from '../../../src/rotation/guarded-rotator.ts';
import { DualService, SingleService } from '../../rotation/support/systems.ts';
import { Timeline } from '../../rotation/support/timeline.ts';
import { codeOf, first, steps, usualRotators } from '../../rotation/support/world.ts';
import { emittedIn, type Emitted } from './embedded-metrics.ts';
import { contextWith, secretArn } from './lambda.ts';
import { wired } from './wired.ts';

type Step = (typeof steps)[number];

/** What one invocation came to: the code it failed with, and what it emitted. */
export interface Invoked {
  readonly code: string | undefined;
  readonly emitted: readonly Emitted[];
}

/**
 * The real handlers on a secret of three keys: the application's own, one of a service that takes
 * two credentials, one of a service that takes one. What they emit is read as CloudWatch does.
 */
export async function measuring(changes: Partial<Wiring> = {}) {
  const timeline = new Timeline();
  const api = new DualService('api', first.API_TOKEN, timeline);
  const db = new SingleService('db', first.DB_PASSWORD, timeline);
  const lines: string[] = [];
  const rotators = () => usualRotators({ timeline, api, db }).map(guarded);
  const rig = await wired({ emit: (line) => void lines.push(line), ...changes }, first);
  const wiring: Wiring = {
    ...rig.wiring,
    configuration: {
      ...rig.wiring.configuration,
      planFor: () => ({ rotators: rotators(), derived: {} }),
    },
    ...changes,
  };
  const [rotateSecret, reconcileSecret] = [
    rotateSecretHandler(wiring),
    reconcileSecretHandler(wiring),
  ];

  async function invoked(work: () => unknown): Promise<Invoked> {
    lines.length = 0;
    const code = await codeOf(Promise.resolve(work()));
    return { code, emitted: lines.map(emittedIn) };
  }

  const world = {
    ...rig,
    logged: rig.lines,
    lines,
    timeline,
    api,
    db,

    /** The version with a label, and the values in it. */
    version(label: string): { versionId: string; values: typeof first } {
      const version = rig.manager.inspect(secretArn, label);
      return {
        versionId: version?.versionId ?? '',
        values: JSON.parse(version?.secretString ?? '{}'),
      };
    },

    begin(): string {
      const token = randomUUID();
      rig.begin(token);
      return token;
    },

    run: (step: Step, token: string, context = contextWith()): Promise<Invoked> =>
      invoked(() =>
        rotateSecret({ Step: step, SecretId: secretArn, ClientRequestToken: token }, context),
      ),

    /** Begins a rotation and runs its steps up to and with `last`; answers its token. */
    async rotate(last: Step = 'finishSecret'): Promise<string> {
      const token = world.begin();
      for (const step of steps.slice(0, steps.indexOf(last) + 1)) await world.run(step, token);
      return token;
    },

    rollBack: (): Promise<Invoked> =>
      invoked(() => rotateSecret({ Operation: 'rollback', SecretId: secretArn }, contextWith())),

    /** Without a pair it is the daily run. */
    reconcile: (pair: Partial<ReconcileEvent> = {}, context = contextWith()): Promise<Invoked> =>
      invoked(() => reconcileSecret({ secret: secretArn, ...pair }, context)),
  };
  return world;
}

const Secret = 'shop/production';

/** A line of what was measured, under the name of the secret. */
export const metrics = (values: Emitted['metrics']): Emitted => ({
  dimensions: [{ Secret }],
  metrics: values,
});

/** A line of a failure, under the name of the secret, and under that and the code. */
export const failure = (name: string, Code: string): Emitted => ({
  dimensions: [{ Secret }, { Secret, Code }],
  metrics: { [name]: 1 },
});
