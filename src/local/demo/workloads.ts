import * as v from 'valibot';
import type { Twilio } from '../twilio/create-twilio.ts';
import type { Workload } from './traffic.ts';
import { Visitor, type VisitorOptions } from './visitor.ts';

const pauseMs = 15;

export interface ReminderAppTraffic extends VisitorOptions {
  /** Sends the webhooks. */
  readonly twilio: Twilio;
  /** The account that they are of. */
  readonly accountSid: string;
  /**
   * How long a newcomer stays away before the session is tried again, in ms. Default: two seconds, so
   * that a rotation comes between. At most as long as two rotations take: so many keys are kept.
   */
  readonly idleMs?: number;
}

/** What the Reminder App is asked for all day, over HTTP. */
export const reminderAppWorkloads = (traffic: ReminderAppTraffic): readonly Workload[] => [
  regular(traffic),
  newcomers(traffic),
  notes(traffic),
  messages(traffic),
  webhooks(traffic),
];

const nameAnswer = v.object({ name: v.string() });
const reminderAnswer = v.object({ id: v.string() });
const listAnswer = v.array(reminderAnswer);

/** Logs in once, and stays. */
function regular(traffic: ReminderAppTraffic): Workload {
  const session = loggedIn(traffic, 'regular');
  return {
    key: 'SECRET_KEY',
    pauseMs,
    request: async () => expectName(await session(), 'regular'),
  };
}

/** Log in, and come back seconds later with the cookie of then. */
function newcomers({ idleMs = 2_000, ...traffic }: ReminderAppTraffic): Workload {
  const all: { readonly visitor: Visitor; readonly name: string; readonly at: number }[] = [];
  const state = { number: 0 };
  return {
    key: 'SECRET_KEY',
    pauseMs,
    async request() {
      const name = `newcomer-${(state.number += 1)}`;
      const visitor = new Visitor(traffic);
      await visitor.post('/login', { name });
      await expectName(visitor, name);
      all.push({ visitor, name, at: Date.now() });

      const [oldest] = all;
      if (oldest === undefined || Date.now() - oldest.at < idleMs) return;
      all.shift();
      await expectName(oldest.visitor, oldest.name);
    },
  };
}

/** Writes a reminder, and reads them all. */
function notes(traffic: ReminderAppTraffic): Workload {
  const session = loggedIn(traffic, 'writer');
  return {
    key: 'DB_PASSWORD',
    pauseMs,
    async request() {
      const writer = await session();
      const { id } = v.parse(reminderAnswer, await writer.post('/reminders', reminder));
      const listed = v.parse(listAnswer, await writer.get('/reminders'));
      if (!listed.some((one) => one.id === id)) throw new Error(`Reminder ${id} is not listed.`);
    },
  };
}

/** Has a reminder sent as a text message. */
function messages(traffic: ReminderAppTraffic): Workload {
  const session = loggedIn(traffic, 'sender');
  return {
    key: 'TWILIO_AUTH_TOKEN',
    pauseMs,
    async request() {
      const sender = await session();
      const { id } = v.parse(reminderAnswer, await sender.post('/reminders', reminder));
      await sender.post(`/reminders/${id}/send`);
    },
  };
}

/** Somebody answers a message with STOP: Twilio tells the application, and signs it. */
function webhooks({ twilio, accountSid, url }: ReminderAppTraffic): Workload {
  const message = { From: '+15005550011', Body: 'STOP' };
  return {
    key: 'TWILIO_AUTH_TOKEN',
    pauseMs: 2 * pauseMs,
    async request() {
      const { status, body } = await twilio.webhooks.send(accountSid, `${url}/sms`, message);
      if (status !== 200) throw new Error(`The webhook was answered with ${status}: ${body}`);
    },
  };
}

const reminder = { text: 'Water the plants', to: '+15005550006' };

/** A visitor who logs in at the first request. */
function loggedIn(traffic: VisitorOptions, name: string): () => Promise<Visitor> {
  const state: { visitor?: Visitor } = {};
  return async () => {
    if (state.visitor) return state.visitor;
    const visitor = new Visitor(traffic);
    await visitor.post('/login', { name });
    state.visitor = visitor;
    return visitor;
  };
}

async function expectName(visitor: Visitor, name: string): Promise<void> {
  const me = v.parse(nameAnswer, await visitor.get('/me'));
  if (me.name !== name) throw new Error('GET /me answered with the name of somebody else.');
}
