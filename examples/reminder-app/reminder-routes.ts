import { Router } from 'express';
import { HttpError } from './errors.ts';
import { fieldsOf, phoneNumber, rowId, textIn } from './input.ts';
import type { Reminders } from './reminders.ts';
import { userOf } from './sessions.ts';
import type { Sms } from './sms.ts';

/** The longest text that Twilio sends. */
const longestText = 1_600;

interface Needs {
  readonly reminders: Reminders;
  readonly sms: Sms;
}

/** What somebody who is logged in does with reminders. */
export function reminderRoutes({ reminders, sms }: Needs): Router {
  const routes = Router();

  routes.post('/reminders', async (request, response) => {
    const owner = userOf(request);
    const fields = fieldsOf(request.body);
    const text = textIn(fields, 'text', { longest: longestText });
    const to = phoneNumber(fields, 'to');
    response.status(201).json(await reminders.add(owner, { to, text }));
  });

  routes.get('/reminders', async (request, response) => {
    response.json(await reminders.of(userOf(request)));
  });

  routes.post('/reminders/:id/send', async (request, response) => {
    const reminder = await reminders.find(userOf(request), rowId(request.params.id));
    if (!reminder) throw new HttpError(404, 'You have no such reminder.');
    if (await reminders.hasOptedOut(reminder.to)) {
      throw new HttpError(409, 'That number wants no messages.');
    }
    const message = await sms.send(reminder.to, reminder.text);
    await reminders.markSent(reminder.id);
    response.json({ message });
  });

  return routes;
}
