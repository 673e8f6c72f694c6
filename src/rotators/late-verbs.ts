import type { Rotator } from '../rotation/rotator.ts';

type Verb = 'probe' | 'check' | 'create' | 'install' | 'switch' | 'revoke';

/** What is known of a rotator before any of its verbs is called. */
export type Shape = Omit<Rotator, Verb>;

export type Verbs = Pick<Rotator, Verb>;

/**
 * A rotator whose verbs are loaded when the first of them is called: the start of a function needs
 * its shape alone. It has a switch where the shape gives one its time.
 */
export function withLateVerbs(shape: Shape, load: () => Promise<Verbs>): Rotator {
  let loaded: Promise<Verbs> | undefined;
  const verbs = () => (loaded ??= load());
  return {
    ...shape,
    probe: async (call) => (await verbs()).probe(call),
    check: async (call) => (await verbs()).check(call),
    create: async (call) => (await verbs()).create(call),
    install: async (call) => (await verbs()).install(call),
    revoke: async (call) => (await verbs()).revoke(call),
    ...(shape.switchBudgetMs > 0 && {
      switch: async (call) => (await verbs()).switch?.(call),
    }),
  };
}
