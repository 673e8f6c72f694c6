import { pathToFileURL } from 'node:url';
import * as v from 'valibot';
import { question, type Previous, type Question } from './questions.ts';
import { rateOf } from './rate-of.ts';
import { burst, seen, steady } from './reads.ts';
import { textOf } from './text-of.ts';

// Opens one subject as it was built, and answers one question about it after another.
const [, , module = '', opening = ''] = process.argv;

const built = v.looseObject({ open: v.function() });
const subject = v.object({
  read: v.function(),
  readNow: v.optional(v.function()),
  readPrevious: v.optional(v.function()),
});

// It would end the process of an application. Here it is counted.
const rejections = { unhandled: 0 };
process.on('unhandledRejection', () => void (rejections.unhandled += 1));

const { open } = v.parse(built, { ...(await import(pathToFileURL(module).href)) });
const { read, readNow, readPrevious } = v.parse(subject, open(JSON.parse(opening)));
process.on('disconnect', () => process.exit());
process.on('message', (asked) => void answer(v.parse(question, asked)));
process.send?.('ready');

async function answer(asked: Question): Promise<void> {
  try {
    process.send?.(await answerTo(asked));
  } catch (error) {
    // Not to be counted among those of the subject, and not to be waited for.
    process.stderr.write(`${error instanceof Error ? error.message : typeof error}\n`);
    process.exit(1);
  }
}

async function answerTo(asked: Question): Promise<object> {
  switch (asked.ask) {
    case 'rate':
      return { perSecond: await rateOf({ read, readNow }, asked) };
    case 'burst':
      return burst(read, asked.count);
    case 'steady':
      return { ...(await steady(read, asked)), ...rejections };
    case 'seen':
      return { afterMs: await seen(read, asked) };
    case 'previous':
      return previous();
  }
}

async function previous(): Promise<Previous> {
  return readPrevious ? { value: textOf(await readPrevious()) } : {};
}
