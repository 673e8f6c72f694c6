import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { localRegion } from '../aws-service.ts';
import { credentialsOf } from '../iam/guard.ts';
import { aborted } from '../interruption.ts';
import { type LocalEnvironment, production } from '../stack/environments.ts';
import type { Stack } from '../stack/stack.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const script = 'examples/reminder-app/server.ts';
const endWithParent = new URL('end-with-parent.ts', import.meta.url).href;

/** How long it may take to end before it is ended, in ms: longer than it gives its own requests. */
const patience = 12_000;

/** Lines of what it wrote that are kept. */
const keptLines = 20;

export interface ReminderAppOptions {
  readonly stack: Stack;
  /** Default: production. */
  readonly environment?: LocalEnvironment;
  /** How old values of its secret may get, in ms. Default: a second, since a grace lasts seconds here. */
  readonly ttlMs?: number;
  /** Variables beside the ones that it needs, or in place of them. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Calls the start off, leaving nothing behind. */
  readonly signal?: AbortSignal;
}

/** The example application in a process of its own. */
export interface ReminderApp {
  readonly url: string;
  readonly pid: number | undefined;
  /** The last lines that it wrote, to either output. */
  output(): string;
  /** Resolves when it ends without being stopped, with what a person should know. */
  readonly died: Promise<Error>;
  /** Has it answer what is under way and end. Answers the exit code, or the signal. May be called twice. */
  stop(): Promise<End>;
}

type End = number | NodeJS.Signals;

/** Starts it on a free port, as its own role. Throws, with what it said, where it ends instead of listening. */
export async function startReminderApp(options: ReminderAppOptions): Promise<ReminderApp> {
  const { signal } = options;
  signal?.throwIfAborted();
  const child = launch(options);
  const { output, url: announced } = hear(child);
  const ended: Promise<End> = once(child, 'close').then(
    () => child.exitCode ?? child.signalCode ?? 0,
  );
  const failed = ended.then((end) => endedWith(end, output()));
  const stopping = Promise.withResolvers<never>();
  const state = { isStopping: false };

  async function stop() {
    state.isStopping = true;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), patience);
    return ended.finally(() => clearTimeout(timer));
  }

  try {
    const url = await Promise.race([
      announced,
      failed.then((error) => Promise.reject(error)),
      ...(signal ? [aborted(signal)] : []),
    ]);
    const died = failed.then((error) => (state.isStopping ? stopping.promise : error));
    return { url, pid: child.pid, output, died, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function launch({ stack, environment = production, ttlMs = 1_000, variables }: ReminderAppOptions) {
  const flags = ['--conditions=keyturn-source', `--import=${endWithParent}`];
  return spawn(process.execPath, [...flags, script], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Nothing of this shell's: a profile or a proxy in it would lead the application elsewhere.
    env: { ...variablesOf(stack, environment), SECRETS_TTL_MS: String(ttlMs), ...variables },
  });
}

function variablesOf(
  stack: Stack,
  environment: LocalEnvironment,
): Readonly<Record<string, string>> {
  const { accessKeyId, secretAccessKey } = credentialsOf(environment.applicationRole);
  return {
    PATH: process.env['PATH'] ?? '',
    ENV: 'production',
    PORT: '0',
    KEYTURN_SECRET_ID: environment.secretName,
    AWS_ENDPOINT_URL: stack.awsUrl,
    AWS_REGION: localRegion,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    PGHOST: stack.databaseHost,
    PGPORT: String(stack.postgres.port),
    PGUSER: environment.dbUser,
    PGDATABASE: environment.dbName,
    TWILIO_BASE_URL: stack.twilioUrl,
    TWILIO_FROM: '+15005550006',
  };
}

/** What it writes, and the address that it says it listens on. */
function hear({ stdout, stderr }: ChildProcess) {
  const lines: string[] = [];
  const { promise: url, resolve } = Promise.withResolvers<string>();
  for (const input of [stdout, stderr]) {
    if (input === null) continue;
    createInterface({ input }).on('line', (line) => {
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
      const said = /^listening on (\S+)$/.exec(line)?.[1];
      if (said) resolve(said);
    });
  }
  return { output: () => lines.join('\n'), url };
}

const endedWith = (end: End, output: string) =>
  new Error(`The reminder app ended (${end}). It said last:\n${output || 'nothing'}`);
