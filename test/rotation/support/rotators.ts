import { randomUUID } from 'node:crypto';
import { RotationError } from '../../../src/rotation/errors.ts';
import type { Call, Credential, Rotator } from '../../../src/rotation/rotator.ts';
import { currentRejected, pendingRejected } from '../../../src/rotation/rejections.ts';
import type { Timeline } from './timeline.ts';
import type { DualService, SingleService } from './systems.ts';

type Overrides = Partial<Omit<Rotator, 'key'>>;

/** A key that nobody but the application knows: whatever it is, it is accepted. */
export function ownKey(key: string, timeline: Timeline, overrides: Overrides = {}): Rotator {
  return {
    ...common(key),
    kind: 'own-key',
    probe: async () => 'accepted',
    check: () => timeline.around(`${key}.check`, () => undefined),
    create: () => timeline.around(`${key}.create`, () => ({ [key]: `own-${randomUUID()}` })),
    ...overrides,
  };
}

/** A credential that works beside its predecessor until that is revoked. */
export function dual(
  key: string,
  service: DualService,
  timeline: Timeline,
  overrides: Overrides = {},
): Rotator {
  const madeByProvider = overrides.madeByProvider ?? true;
  const accepted = (credential: Credential) => service.logIn(textAt(credential, key));
  return {
    ...common(key),
    kind: 'dual',
    graceMs: 3_600_000,
    madeByProvider,
    probe: async ({ credential }) => ((await accepted(credential)) ? 'accepted' : 'rejected'),
    check: async ({ current }) => {
      await timeline.around(`${key}.check`, () => undefined);
      if (!(await accepted(current))) throw currentRejected(key);
    },
    create: async () => ({ [key]: madeByProvider ? await service.make() : `ours-${randomUUID()}` }),
    install: async ({ next }) => {
      if (await accepted(next)) return;
      if (madeByProvider) throw pendingRejected(key);
      await service.add(textAt(next, key));
    },
    revoke: async ({ victim, keep }) => {
      const value = textAt(victim, key);
      if (value === textAt(keep, key) || !(await service.logIn(value))) return;
      await service.remove(value);
    },
    ...overrides,
  };
}

/** A credential whose switch ends its predecessor at once. */
export function single(
  key: string,
  service: SingleService,
  timeline: Timeline,
  overrides: Overrides = {},
): Rotator {
  const probe = async ({ credential }: Call & { credential: Credential }) =>
    (await service.logIn(textAt(credential, key))) ? 'accepted' : 'rejected';
  return {
    ...common(key),
    kind: 'single',
    switchBudgetMs: 30_000,
    probe,
    check: async (call) => {
      await timeline.around(`${key}.check`, () => undefined);
      if ((await probe({ ...call, credential: call.current })) === 'rejected')
        throw currentRejected(key);
    },
    create: () => timeline.around(`${key}.create`, () => ({ [key]: `new-${randomUUID()}` })),
    install: () => service.rehearse(),
    switch: async (call) => {
      if ((await probe({ ...call, credential: call.to })) === 'accepted') return;
      await service.set(textAt(call.to, key));
      if ((await probe({ ...call, credential: call.to })) === 'rejected')
        throw pendingRejected(key);
    },
    ...overrides,
  };
}

/** The same rotator; notes which of victim and keep it is told was made later. */
export const tellingNewer = (rotator: Rotator, told: string[]): Rotator => ({
  ...rotator,
  revoke: (call) => {
    told.push(call.newer);
    return rotator.revoke(call);
  },
});

/** Fails as a network does. */
export const unreachable = () => {
  throw new RotationError('UNREACHABLE', 'The system of the test gave no answer.');
};

/** Fails for good. */
export const refused = () => {
  throw new RotationError('PROVIDER_REFUSED', 'The system of the test refused.');
};

const common = (key: string) =>
  ({
    key,
    changes: [key],
    reads: [],
    optional: [],
    graceMs: 0,
    madeByProvider: false,
    switchBudgetMs: 0,
    install: async () => undefined,
    revoke: async () => undefined,
  }) satisfies Partial<Rotator>;

/** The text a credential has under a key. */
export function textAt(credential: Credential, key: string): string {
  const value = credential[key];
  if (typeof value === 'string') return value;
  throw new Error(`The test's credential has no text under ${key}`);
}
