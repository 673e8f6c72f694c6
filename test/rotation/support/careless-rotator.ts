import type { Call, Credential, Rotator } from '../../../src/rotation/rotator.ts';
import { anyVersion, stillPending } from '../../support/calling.ts';

/** A rotator whose every verb does the same. */
export function rotatorOf(act: (call: Call) => Promise<never>): Rotator {
  return {
    kind: 'careless',
    key: 'API_TOKEN',
    changes: ['API_TOKEN'],
    reads: ['ACCOUNT'],
    optional: [],
    graceMs: 0,
    madeByProvider: false,
    switchBudgetMs: 0,
    probe: act,
    check: act,
    create: async (call) => {
      await call.superseded();
      return act(call);
    },
    install: act,
    switch: act,
    revoke: act,
  };
}

/** What a verb may be called with, by what it is to the secret. */
export interface Credentials {
  readonly current: Credential;
  readonly next: Credential;
  readonly superseded: Credential;
}

interface Verb {
  readonly verb: 'probe' | 'check' | 'create' | 'install' | 'switch' | 'revoke';
  /** The values that the verb has in hand. */
  readonly holds: readonly (keyof Credentials)[];
  readonly run: (rotator: Rotator, call: Call, credentials: Credentials) => Promise<unknown>;
}

export const verbs: readonly Verb[] = [
  {
    verb: 'probe',
    holds: ['current'],
    run: (r, call, { current }) => r.probe({ ...call, credential: current }),
  },
  {
    verb: 'check',
    holds: ['current'],
    run: (r, call, { current }) => r.check({ ...call, current }),
  },
  {
    verb: 'create',
    holds: ['current', 'next', 'superseded'],
    run: (r, call, { current, next, superseded }) =>
      r.create({
        ...call,
        current,
        undone: next,
        superseded: async () => superseded,
        version: anyVersion,
      }),
  },
  {
    verb: 'install',
    holds: ['next', 'current'],
    run: (r, call, { current, next }) => r.install({ ...call, next, current, stillPending }),
  },
  {
    verb: 'switch',
    holds: ['next', 'current'],
    run: async (r, call, { current, next }) => r.switch?.({ ...call, to: next, from: current }),
  },
  {
    verb: 'revoke',
    holds: ['superseded', 'current'],
    run: (r, call, { current, superseded }) =>
      r.revoke({ ...call, victim: superseded, keep: current, newer: 'keep' }),
  },
];

export const credential = (value: string): Credential => ({ API_TOKEN: value, LIST: [value] });

export const values = {
  current: 'the-current-value-of-it',
  next: "the-next-value's/+",
  superseded: 'the-superseded-value-of-it',
} as const satisfies Record<keyof Credentials, string>;

export const credentials: Credentials = {
  current: credential(values.current),
  next: credential(values.next),
  superseded: credential(values.superseded),
};

/** What every verb is called with, and the lines it logs. */
export function listeningCall(signal = new AbortController().signal) {
  const lines: string[] = [];
  const hear = (line: string) => void lines.push(line);
  return { call: { signal, log: { info: hear, warn: hear }, withhold: () => undefined }, lines };
}
