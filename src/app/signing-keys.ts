import { inspect } from 'node:util';
import { isCompromised } from './compromised.ts';
import { keyMissing, textAt } from './create-secrets.ts';
import { defaultSecrets } from './default-secrets.ts';
import type { AnySecrets } from './process-secrets.ts';
import { isRetired, type Snapshot } from './snapshot.ts';
import { seeVersions, type Versions } from './versions.ts';

interface SigningOptions {
  /** Default: those of the process (`useSecrets`). */
  readonly secrets?: AnySecrets | undefined;
  /** The key with the list of earlier ones. Default: the key's name and `_FALLBACKS`. */
  readonly fallbacksKey?: string | undefined;
  /**
   * How long a new key is only verified with before it signs, in ms, so that by then every other
   * instance knows it too. Default: the TTL.
   */
  readonly settleMs?: number | undefined;
}

/**
 * The keys that signatures are made and verified with, as keygrip, cookie-session and express-session
 * take them: the first one signs, every one verifies. It is an array that changes with the secret, so
 * pass it on as it is, and do not copy it. Reading it throws a SecretsError before `ready`.
 *
 * In it are the key that signs, the other one of current and fallbacks, and a pending one where that
 * is known. A new key signs only once it has settled, if the secret still lists an older one.
 */
export function signingKeys(key = 'SECRET_KEY', options: SigningOptions = {}): string[] {
  const settledAt = new Map<string, number>();
  const keys = unseen([]);

  function keepUp(): void {
    // Those of the process may be chosen after middleware was given this array.
    const versions = seeVersions(options.secrets ?? defaultSecrets());
    const { clock, current } = versions;
    const settings = settingsOf(key, options, versions);
    const snapshot = current.get();
    const listed = listedIn(snapshot, settings);
    note(settledAt, { listed, snapshot, settings, now: clock.now() });
    const settled = listed.findIndex((one) => (settledAt.get(one) ?? 0) <= clock.now());
    const signing = listed[Math.max(settled, 0)] ?? '';
    const verifying = [signing, ...listed, ...beside(versions, settings)];
    keys.splice(0, Infinity, ...new Set(verifying));
  }

  return new Proxy(keys, {
    get(target, property) {
      keepUp();
      return Reflect.get(target, property);
    },
    has(target, property) {
      keepUp();
      return Reflect.has(target, property);
    },
    ownKeys(target) {
      keepUp();
      return Reflect.ownKeys(target);
    },
    set: () => false,
    deleteProperty: () => false,
    defineProperty: () => false,
    preventExtensions: () => false,
    setPrototypeOf: () => false,
  });
}

/** Logging a list of keys, or writing it into a text, shows none of them. */
function unseen(keys: string[]): string[] {
  const shown = () => keys.map(() => '[redacted]');
  Object.defineProperty(keys, 'toJSON', { value: shown });
  Object.defineProperty(keys, 'toString', { value: () => String(shown()) });
  return Object.defineProperty(keys, inspect.custom, { value: shown });
}

/** The longest that a new key waits by itself, in ms: a TTL may be endless. */
const longestSettling = 3_600_000;

const settingsOf = (key: string, options: SigningOptions, { limits }: Versions): Settings => ({
  key,
  fallbacksKey: options.fallbacksKey ?? `${key}_FALLBACKS`,
  settleMs: options.settleMs ?? Math.min(limits.ttl, longestSettling),
});

interface Settings {
  readonly key: string;
  readonly fallbacksKey: string;
  readonly settleMs: number;
}

/** The current key and the earlier ones that the secret itself lists, newest first. */
function listedIn(snapshot: Snapshot<object>, { key, fallbacksKey }: Settings): readonly string[] {
  const current = textAt(snapshot, key);
  if (!current) throw keyMissing(key);
  const fallbacks = snapshot.document[fallbacksKey];
  const earlier = Array.isArray(fallbacks)
    ? // Anybody can sign with an empty key.
      fallbacks.filter((one) => typeof one === 'string' && one !== '')
    : [];
  return [...new Set([current, ...earlier])];
}

interface Sighting {
  readonly listed: readonly string[];
  readonly snapshot: Snapshot<object>;
  readonly settings: Settings;
  readonly now: number;
}

/** In ms. A version is made when a rotation begins; how long that took, nothing says. */
const slowestRotation = 24 * 3_600_000;

/**
 * Notes from when on a key may sign. What comes while the application runs is new to others too. Of
 * what is there at its start, only the current key may be, unless its version is an old one.
 */
function note(settledAt: Map<string, number>, { listed, snapshot, settings, now }: Sighting): void {
  const isStart = settledAt.size === 0;
  const isOld = now - (snapshot.createdAt ?? now) > slowestRotation;
  for (const [place, one] of listed.entries()) {
    if (settledAt.has(one)) continue;
    const isNew = isStart ? place === 0 && !isOld : true;
    settledAt.set(one, isNew ? now + settings.settleMs : 0);
  }
  for (const one of settledAt.keys()) if (!listed.includes(one)) settledAt.delete(one);
}

/**
 * Keys of other versions, but for compromised ones. Where the secret lists its earlier keys, those
 * alone count: a key that is missing there was taken off.
 */
function beside(versions: Versions, { key, fallbacksKey }: Settings): readonly string[] {
  const { current, previous, pending, limits } = versions;
  const isListed = Object.hasOwn(current.get().document, fallbacksKey);
  if (!isListed) void previous.within(limits.ttl);
  // One that was taken back is not pending for ever.
  if (pending.known) void pending.within(limits.ttl);
  const others = isListed ? [pending.known] : [previous.known, pending.known];
  return others
    .filter((version) => version && !isRetired(version) && !isCompromised(version, key))
    .flatMap((version) => (version ? [textAt(version, key) ?? ''] : []))
    .filter(Boolean);
}
