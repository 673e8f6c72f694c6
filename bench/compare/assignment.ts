import * as v from 'valibot';

/** What a process of load is told: where it is, and what it does there. */
export const assignment = v.object({
  awsUrl: v.string(),
  twilioUrl: v.string(),
  region: v.string(),
  database: v.object({
    engine: v.picklist(['postgres', 'mysql', 'mariadb']),
    host: v.string(),
    port: v.number(),
    database: v.string(),
    user: v.string(),
  }),
  uses: v.array(v.picklist(['sessions', 'logins', 'token calls', 'key calls'])),
});

export type Assignment = v.InferOutput<typeof assignment>;

/** What it is asked, one thing at a time. */
export const question = v.object({ ask: v.picklist(['receiver', 'tallies']) });

export type Question = v.InferOutput<typeof question>;

/** Where it takes webhooks. */
export const receiver = v.object({ url: v.string() });

const tally = v.object({ done: v.number(), failed: v.number(), longestRefusalMs: v.number() });

/** What became of all it did so far. */
export const tallies = v.array(
  v.object({ use: assignment.entries.uses.item, bare: tally, application: tally }),
);
