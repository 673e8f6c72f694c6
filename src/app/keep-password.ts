import { AsyncLocalStorage } from 'node:async_hooks';
import { databasePassword } from './database-password.ts';
import type { AnySecrets } from './process-secrets.ts';

interface KeptPassword {
  /** Default: those of the process (`useSecrets`). */
  readonly secrets?: AnySecrets | undefined;
}

/**
 * Has a pool of `mysql2` (3.24 or newer), of `mysql2/promise` too, take the password of the moment for
 * each new connection, as `pg` does by `databasePassword`; answers the pool. mysql2 itself takes a
 * fixed text only. Connections that are open stay open. Throws a TypeError where the pool is no such
 * pool, or a version of mysql2 makes its connections in another way.
 */
export function keepPassword<Pool extends object>(
  pool: Pool,
  key?: string,
  options: KeptPassword = {},
): Pool {
  const core = coreOf(pool);
  const password = databasePassword(key, options);
  const configure = methodOf(core, '_createConnectionConfig');
  assertCopied(configure);

  Reflect.set(core, '_createConnectionConfig', () => {
    const value = password();
    const config = configure();
    if (config instanceof Object) Reflect.set(config, 'password', value);
    return config;
  });
  Reflect.set(core, 'getConnection', inContextOfCaller(methodOf(core, 'getConnection')));
  return pool;
}

type Method = (...args: readonly unknown[]) => unknown;

/** The pool of callbacks that is behind a pool of promises. */
function coreOf(pool: object): object {
  const inner: unknown = Reflect.get(pool, 'pool');
  return inner instanceof Object ? inner : pool;
}

function methodOf(core: object, name: string): Method {
  const method: unknown = Reflect.get(core, name);
  if (typeof method !== 'function') throw notAsExpected();
  return (...args) => Reflect.apply(method, core, args);
}

/** What a connection is opened with must be its own: the pool would keep the value otherwise. */
function assertCopied(configure: Method): void {
  const [one, other] = [configure(), configure()];
  const isOwn = one instanceof Object && one !== other && Object.hasOwn(one, 'password');
  if (!isOwn) throw notAsExpected();
}

/**
 * A pool that is busy queues a request, and opens its connection while it deals with somebody else's.
 * The password is that of the request's own trial all the same. That there is none is told to the
 * request, as every failure to open a connection is.
 */
function inContextOfCaller(open: Method): Method {
  const contexts = new WeakMap<object, ReturnType<typeof AsyncLocalStorage.snapshot>>();

  return function getConnection(callback) {
    if (typeof callback !== 'function') return open(callback);
    const isQueued = contexts.has(callback);
    const answer = isQueued
      ? callback
      : (...args: unknown[]) => Reflect.apply(callback, null, args);
    const inContext = contexts.get(answer) ?? AsyncLocalStorage.snapshot();
    contexts.set(answer, inContext);
    try {
      return inContext(() => open(answer));
    } catch (error) {
      process.nextTick(answer, error);
    }
  };
}

const notAsExpected = () =>
  new TypeError(
    'keepPassword() takes a pool of mysql2, 3.24 or newer. This is another pool, or this version of ' +
      'mysql2 makes its connections in another way. For mariadb, give passwordOptions() to createPool().',
  );
