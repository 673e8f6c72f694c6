import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { loadSettings } from 'keyturn/app';
import { createApp } from './app.ts';
import { openDatabase } from './database.ts';
import { causesOf, log } from './errors.ts';
import { readOptions } from './options.ts';
import { createReminders } from './reminders.ts';
import { createSms } from './sms.ts';

/** How long requests under way may take once the process is asked to end, in ms. */
const patience = 10_000;

try {
  await start();
} catch (error) {
  const message = error instanceof Error ? error.message : '';
  log(`The reminder app did not start. ${message} (${causesOf(error)})`);
  process.exit(1);
}

async function start(): Promise<void> {
  const options = readOptions(process.env);
  // In production from Secrets Manager, elsewhere from the environment. What is read stays in memory:
  // nothing here looks for it in `process.env`, where programs that are started would inherit it.
  const { secrets } = await loadSettings({
    required: true,
    override: false,
    ttlMs: options.secretsTtlMs,
    on: { rotated: ({ to }) => log(`Version ${to} of the secret is current now.`) },
  });
  const database = await openDatabase({ secrets, maxUses: options.dbPoolMaxUses });
  const app = createApp({
    secrets,
    database,
    reminders: createReminders(database),
    sms: createSms({ ...options, secrets }),
    publicUrl: options.publicUrl,
  });

  const server = createServer(app).listen(options.port, options.host);
  await once(server, 'listening');
  endOnRequest(async () => {
    await closed(server);
    await database.close();
    secrets.close();
  });
  process.stdout.write(`listening on ${urlOf(server)}\n`);
}

/** Upon TERM or INT: no new requests, the ones under way are answered, and the process ends by itself. */
function endOnRequest(end: () => Promise<void>): void {
  let ending: Promise<void> | undefined;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      setTimeout(() => process.exit(1), patience).unref();
      ending ??= end().catch((error: unknown) => {
        log(`It did not end well: ${causesOf(error)}`);
        process.exitCode = 1;
      });
    });
  }
}

async function closed(server: Server): Promise<void> {
  server.close();
  // Clients keep their connections open for a while after the last answer.
  const closing = setInterval(() => server.closeIdleConnections(), 100);
  await once(server, 'close');
  clearInterval(closing);
}

function urlOf(server: Server): string {
  const address = server.address();
  if (typeof address !== 'object' || address === null) return String(address);
  const { address: host, port } = address;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
