import express, { type Express } from 'express';
import type { Secrets } from 'keyturn/app';
import type { Database } from './database.ts';
import { answerError, HttpError } from './errors.ts';
import { reminderRoutes } from './reminder-routes.ts';
import type { Reminders } from './reminders.ts';
import { sessionRoutes, sessions } from './sessions.ts';
import { smsWebhook } from './sms-webhook.ts';
import type { Sms } from './sms.ts';

export interface Parts {
  readonly secrets: Secrets;
  readonly database: Database;
  readonly reminders: Reminders;
  readonly sms: Sms;
  readonly publicUrl: string | undefined;
}

/** The whole application, without a server. */
export function createApp(parts: Parts): Express {
  const { secrets, database, reminders, sms, publicUrl } = parts;
  const isSecure = publicUrl?.startsWith('https:') ?? false;
  const app = express();
  app.disable('x-powered-by');
  // Whoever speaks HTTPS is in front of us, and says so in `X-Forwarded-Proto`.
  if (isSecure) app.set('trust proxy', 1);

  app.get('/healthz', async (_request, response) => {
    await database.query('select 1');
    const { versionId } = secrets.snapshot;
    response.json({ status: 'ok', secretVersion: versionId, secretAgeMs: secrets.ageMs });
  });
  app.use(smsWebhook({ secrets, reminders, publicUrl }));
  app.use(sessions({ secrets, isSecure }), express.json({ limit: '20kb' }));
  app.use(sessionRoutes());
  app.use(reminderRoutes({ reminders, sms }));
  app.use(() => {
    throw new HttpError(404, 'There is nothing here.');
  });
  app.use(answerError);
  return app;
}
