import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { vi } from 'vitest';
import type { JournalEntry } from '../../src/rotation/journal.ts';
import { production } from '../../src/local/stack/environments.ts';
import type { LogLine } from '../../src/local/stack/function-logger.ts';
import type { Stack } from '../../src/local/stack/stack.ts';

const printers = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const;

/** Hears whatever leaves the process or the functions, and every value that is ever in play. */
export function createWitness() {
  const heard: string[] = [];
  const values = new Set<string>();
  const hear = (what: unknown) => void heard.push(shown(what));

  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      heard.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
      return true;
    });
  }
  for (const name of printers) {
    vi.spyOn(console, name).mockImplementation((...said) => hear(said));
  }

  return {
    values,
    hear,
    onLog: (_environment: unknown, line: LogLine) => hear(line),
    onJournal: (_environment: unknown, entry: JournalEntry) => hear(entry),
    onMetrics: (_environment: unknown, line: string) => void heard.push(line),

    /** What was thrown, in every way that anybody could print it. */
    thrown(error: unknown): void {
      hear(error);
      if (error instanceof Error) heard.push(String(error), error.message, error.stack ?? '');
    },

    /** Notes the values of every labelled version, and what the systems hold. */
    look({ secretsManager, twilio }: Stack): void {
      for (const label of ['AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS']) {
        const text = secretsManager.inspect(production.secretName, label)?.secretString;
        if (!text) continue;
        const { TWILIO_ACCOUNT_SID: sid, ...secret } = JSON.parse(text);
        for (const value of Object.values(secret).flat()) values.add(String(value));
        for (const token of [twilio.primaryOf(sid), twilio.secondaryOf(sid)]) {
          if (token) values.add(token);
        }
      }
    },

    /** All that was heard, with the journals of the stand-ins and the log of the database. */
    async everything(stack: Stack): Promise<string> {
      const { secretsManager, rds, twilio, scheduler, sqs, postgres } = stack;
      const journals = [
        secretsManager.calls,
        rds.calls,
        rds.resets,
        twilio.calls,
        scheduler.schedules(),
        scheduler.deadLetters,
        sqs.queues().map(({ messages }) => messages),
      ].map(shown);
      return [...heard, ...journals, await readFile(postgres.logPath, 'utf8')].join('\n');
    },

    stop: () => vi.restoreAllMocks(),
  };
}

export type Witness = ReturnType<typeof createWitness>;

const shown = (what: unknown) =>
  [
    inspect(what, {
      depth: Infinity,
      showHidden: true,
      maxArrayLength: Infinity,
      maxStringLength: Infinity,
      breakLength: Infinity,
    }),
    JSON.stringify(what),
  ].join('\n');
