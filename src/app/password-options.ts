import type { Socket } from 'node:net';
import { isAuthError } from './auth-error.ts';
import { keyMissing } from './create-secrets.ts';
import { defaultSecrets } from './default-secrets.ts';
import type { AnySecrets } from './process-secrets.ts';
import { unrefusedValue } from './unrefused-value.ts';
import { seeVersions } from './versions.ts';

interface PasswordOptions {
  /** Default: those of the process (`useSecrets`). */
  readonly secrets?: AnySecrets | undefined;
}

/** Options of `mariadb`, of a pool or of a connection. The socket is opened here, so over TCP only. */
interface MariadbOptions {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  readonly password?: undefined;
  readonly stream?: undefined;
  readonly socketPath?: undefined;
}

/** As `mariadb` calls it for each new connection, upon the options of that connection. */
type OpenStream = (opened: (error?: Error, socket?: Socket) => void) => void;

/**
 * Options for `createPool` of `mariadb` (3.5), by which each new connection takes the password of the
 * moment; mariadb itself takes a fixed text only. Connections that are open stay open. Such a pool
 * opens connections in the background and goes on where one was refused, for as long as its
 * `acquireTimeout`: what is refused makes it take the password under AWSPENDING next, then the one
 * under AWSPREVIOUS. So it gets through a switch gap by itself, within `withAuthRetry` and without.
 */
export function passwordOptions<Options extends MariadbOptions>(
  options: Options,
  key = 'DB_PASSWORD',
  { secrets }: PasswordOptions = {},
): Options & { readonly stream: OpenStream } {
  assertOverTcp(options);
  if (secrets) seeVersions(secrets);
  const value = unrefusedValue(() => seeVersions(secrets ?? defaultSecrets()), key);

  function stream(this: unknown, opened: Parameters<OpenStream>[0]): void {
    try {
      const connection = optionsOfConnection(this);
      const password = value.likeliest();
      if (typeof password !== 'string') throw keyMissing(key);
      connection.setPassword(password);
      connection.onRefusal(() => value.refused(password));
      opened(undefined, connect(connection).setNoDelay());
    } catch (error) {
      opened(error instanceof Error ? error : notAsExpected());
    }
  }
  return { ...options, stream };
}

/** Node's own module is loaded here, so that applications without mariadb start without it. */
const connect = ({ host, port }: { readonly host: string; readonly port: number }): Socket =>
  process.getBuiltinModule('node:net').connect(port, host);

function assertOverTcp(options: object): void {
  for (const name of ['password', 'stream', 'socketPath']) {
    if (Reflect.get(options, name) === undefined) continue;
    throw new TypeError(`passwordOptions() does not go with the option ${name}. Leave it out.`);
  }
}

/** mariadb keeps them to itself, and calls `stream` as a method of them. */
function optionsOfConnection(self: unknown) {
  if (!(self instanceof Object && Object.hasOwn(self, 'password'))) throw notAsExpected();
  const field = (name: string): unknown => Reflect.get(self, name);
  const [host, port, logger] = [field('host'), field('port'), field('logger')];
  if (typeof host !== 'string' || typeof port !== 'number' || !(logger instanceof Object)) {
    throw notAsExpected();
  }
  return {
    host,
    port,
    setPassword: (password: string) => Reflect.set(self, 'password', password),
    /** The pool tells the first refusal of several only, its logger each. */
    onRefusal(listener: () => void) {
      const told: unknown = Reflect.get(logger, 'error');
      const error = (failure: unknown) => {
        if (isRefusedLogin(failure)) listener();
        if (typeof told === 'function') Reflect.apply(told, logger, [failure]);
      };
      Reflect.set(self, 'logger', Object.assign({}, logger, { error }));
    },
  };
}

/** Statements can be refused with the same code; they do not end the connection. */
const isRefusedLogin = (failure: unknown) =>
  failure instanceof Error && Reflect.get(failure, 'fatal') === true && isAuthError(failure);

const notAsExpected = () =>
  new TypeError(
    'This version of mariadb calls the option stream otherwise than 3.5 does, upon the options of a ' +
      'connection. Its password cannot be set by passwordOptions().',
  );
