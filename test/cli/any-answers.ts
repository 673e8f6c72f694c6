import * as fc from 'fast-check';
import {
  problemWith,
  templateParameters,
  type Answers,
} from '../../src/cli/init/deployment/parameters.ts';

/** Answers for parameters whose pattern allows almost anything. */
const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });

const cron = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('*', '?', 'L', '1', 'MON#1', 'a=b'))
  .map(([hour, day]) => `cron(0 ${hour} ${day} * ? *)`);

const own: Readonly<Record<string, fc.Arbitrary<string>>> = {
  DbName: words,
  DbUser: words,
  DbUsers: fc.tuple(words, words).map((two) => two.join(',')),
  AlarmEmail: fc.tuple(words, words).map((two) => two.join('@')),
  Schedule: cron,
};

/** An answer that is taken, or none. */
function anyAnswer(name: string): fc.Arbitrary<string | undefined> {
  const accepts = templateParameters[name];
  if (accepts === undefined) throw new Error(`The template has no ${name}.`);
  if ('values' in accepts) return fc.option(fc.constantFrom(...accepts.values), { nil: undefined });
  if ('from' in accepts) {
    return fc.option(fc.integer({ min: accepts.from, max: accepts.to }).map(String), {
      nil: undefined,
    });
  }
  const matching = fc.stringMatching(new RegExp(`^(?:${accepts.pattern.source})$`));
  return fc.option(
    (own[name] ?? matching).filter((answer) => problemWith(name, answer) === undefined),
    { nil: undefined },
  );
}

/** Answers of which each for itself is taken; they may not go together. */
export const anyAnswers: fc.Arbitrary<Answers> = fc
  .record(
    Object.fromEntries(Object.keys(templateParameters).map((name) => [name, anyAnswer(name)])),
  )
  .map((answers) => ({
    Environment: 'development',
    ...Object.fromEntries(
      Object.entries(answers).flatMap(([name, answer]) =>
        answer === undefined ? [] : [[name, answer]],
      ),
    ),
  }));
