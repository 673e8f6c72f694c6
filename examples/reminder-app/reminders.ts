import type { Database } from './database.ts';

export interface Reminder {
  readonly id: string;
  readonly to: string;
  readonly text: string;
  readonly sentAt: Date | null;
}

/** The reminders of everybody; each is seen by its owner alone. */
export interface Reminders {
  add(owner: string, reminder: Pick<Reminder, 'to' | 'text'>): Promise<Reminder | undefined>;
  /** The hundred newest. */
  of(owner: string): Promise<readonly Reminder[]>;
  find(owner: string, id: string): Promise<Reminder | undefined>;
  markSent(id: string): Promise<void>;
  hasOptedOut(phone: string): Promise<boolean>;
  /** Both may run twice: Twilio repeats a webhook that it had no answer to. */
  optOut(phone: string): Promise<void>;
  optIn(phone: string): Promise<void>;
}

const columns = 'id, recipient as "to", text, sent_at as "sentAt"';

export const createReminders = (database: Database): Reminders => ({
  async add(owner, { to, text }) {
    const [reminder] = await database.query<Reminder>(
      `insert into reminders (owner, recipient, text) values ($1, $2, $3) returning ${columns}`,
      [owner, to, text],
    );
    return reminder;
  },
  of: (owner) =>
    database.query<Reminder>(
      `select ${columns} from reminders where owner = $1 order by id desc limit 100`,
      [owner],
    ),
  async find(owner, id) {
    const [reminder] = await database.query<Reminder>(
      `select ${columns} from reminders where owner = $1 and id = $2`,
      [owner, id],
    );
    return reminder;
  },
  async markSent(id) {
    await database.query('update reminders set sent_at = now() where id = $1', [id]);
  },
  async hasOptedOut(phone) {
    const rows = await database.query('select 1 from opted_out where phone = $1', [phone]);
    return rows.length > 0;
  },
  async optOut(phone) {
    const insert = 'insert into opted_out (phone) values ($1) on conflict do nothing';
    await database.query(insert, [phone]);
  },
  async optIn(phone) {
    await database.query('delete from opted_out where phone = $1', [phone]);
  },
});
