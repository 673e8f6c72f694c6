import type { Redact } from './redaction.ts';
import type { Call, RotatorLog } from './rotator.ts';

/** Writes a redacted text and nothing else: a logger would print whatever else it is given. */
export const redactedLog = (log: RotatorLog, redact: Redact): RotatorLog => ({
  info: (message) => log.info(redact(textOf(message))),
  warn: (message) => log.warn(redact(textOf(message))),
});

/** A log whose lines wait until they are released, or time is up. */
export function heldBack({ log, signal }: Call): { log: RotatorLog; release: () => void } {
  const waiting: (() => void)[] = [];
  let released = false;
  const say = (line: () => void) => (released ? line() : void waiting.push(line));
  const release = () => {
    released = true;
    signal.removeEventListener('abort', release);
    for (const line of waiting.splice(0)) line();
  };
  signal.addEventListener('abort', release, { once: true });
  return {
    log: {
      info: (message) => say(() => log.info(message)),
      warn: (message) => say(() => log.warn(message)),
    },
    release,
  };
}

const textOf = (message: unknown) => String(message);
