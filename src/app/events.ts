import type { SecretsError } from './secrets-error.ts';

/** What an application may be told. None of it holds a value, and what a listener throws is dropped. */
export interface SecretsEvents {
  /** A value was taken from memory. */
  readonly hit: { readonly key: string };
  /** A version was read. */
  readonly refresh: { readonly versionId: string; readonly changed: boolean; readonly ms: number };
  /** A refresh failed, and the value from before is served on. */
  readonly stale: { readonly ageMs: number; readonly error: SecretsError };
  /** Another version is current. */
  readonly rotated: { readonly from: string; readonly to: string };
  /** A read failed. */
  readonly error: { readonly error: SecretsError };
}

export type SecretsListeners = {
  readonly [Name in keyof SecretsEvents]?: (event: SecretsEvents[Name]) => void;
};

export type Tell = <Name extends keyof SecretsEvents>(
  name: Name,
  event: SecretsEvents[Name],
) => void;

export const telling =
  (listeners: SecretsListeners): Tell =>
  (name, event) => {
    try {
      const told: unknown = listeners[name]?.(event);
      // Nobody waits for a listener that takes its time.
      if (told instanceof Promise) told.catch(() => undefined);
    } catch {
      // A listener's mistake is no reason to fail a request.
    }
  };

/** Where a person reads what happened: `console` fits, and so do pino and the like, bound to methods. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Tells a person. A log that fails, or takes its time, is no reason to fail a request. */
export function logTo(log: Log, level: keyof Log, message: string): void {
  try {
    const told: unknown = log[level](message);
    if (told instanceof Promise) told.catch(() => undefined);
  } catch {
    // There is nobody left to tell.
  }
}

/** Says nothing. */
export const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
