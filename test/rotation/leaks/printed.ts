import { format, inspect } from 'node:util';
import { listeningLogger } from '../../handlers/support/lambda.ts';

/** Every way in which anybody could print what was thrown, by name. */
export function printed(thrown: unknown): Record<string, string> {
  return {
    'as text': attempt(() => `${String(thrown)} ${format('%s', thrown)}`),
    message: attempt(() => String(fieldOf(thrown, 'message'))),
    stack: attempt(() => String(fieldOf(thrown, 'stack'))),
    JSON: attempt(() => JSON.stringify(thrown)),
    inspect: attempt(() => inspected(thrown)),
    'inspect with getters': attempt(() => inspect(thrown, { depth: Infinity, getters: true })),
    'every property': attempt(() => ownOf(thrown)),
    'the log of Powertools': attempt(() => logged(thrown)),
    'the log of the Lambda runtime': attempt(() => asRuntime(thrown)),
  };
}

const fieldOf = (thrown: unknown, name: string): unknown =>
  thrown instanceof Object ? Reflect.get(thrown, name) : thrown;

const inspected = (thrown: unknown) =>
  inspect(thrown, {
    depth: Infinity,
    showHidden: true,
    showProxy: true,
    maxArrayLength: Infinity,
    maxStringLength: Infinity,
  });

/** Symbols and what is not enumerable too. */
const ownOf = (thrown: unknown) =>
  thrown instanceof Object
    ? Reflect.ownKeys(thrown)
        .map((name) => `${String(name)}: ${inspected(Reflect.get(thrown, name))}`)
        .join('\n')
    : '';

function logged(thrown: unknown): string {
  const { logger, lines } = listeningLogger();
  if (thrown instanceof Error) logger.error('it failed', thrown);
  else logger.error('it failed', { thrown: inspected(thrown) });
  return JSON.stringify(lines);
}

/** The runtime prints what an error inherits and has, its stack line by line. */
const asRuntime = (thrown: unknown) =>
  JSON.stringify(thrown, (_name, value: unknown) =>
    value instanceof Error
      ? Object.assign({ errorType: value.name, stack: value.stack }, value, { is: value.message })
      : value,
  );

/** A printer that breaks down shows what broke it. */
function attempt(print: () => string | undefined): string {
  try {
    return print() ?? '';
  } catch (error) {
    return inspect(error, { depth: Infinity });
  }
}
