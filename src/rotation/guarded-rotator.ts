import { outOfTime, RotationError } from './errors.ts';
import type { Call, Rotator, RotatorLog } from './rotator.ts';
import { redactAll, redactedCause, redactor, textsIn, type Redact } from './redaction.ts';

/**
 * A rotator whose errors and log lines cannot show a value it was handed or made: whatever it
 * throws leaves as a `RotationError` on its key, with the cause redacted. Put around every
 * rotator once, so that no author has to think of it.
 */
export function guarded(rotator: Rotator): Rotator {
  const change = rotator.switch?.bind(rotator);
  return {
    ...rotator,
    probe: guard(rotator, (call) => rotator.probe(call)),
    check: guard(rotator, (call) => rotator.check(call)),
    create: guard(rotator, createOf(rotator), redactAll),
    install: guard(rotator, (call) => rotator.install(call)),
    revoke: guard(rotator, (call) => rotator.revoke(call)),
    ...(change && { switch: guard(rotator, change) }),
  };
}

/** Takes note of a value that came into play while a verb ran. */
type Learn = (value: unknown) => void;

/** `wording` redacts the messages of foreign errors, where the values handed over are not all. */
function guard<C extends Call, R>(
  rotator: Rotator,
  verb: (call: C, learn: Learn) => Promise<R>,
  wording?: Redact,
) {
  return async (call: C): Promise<R> => {
    const values = valuesOf(call);
    const learn: Learn = (value) => void values.push(...textsIn(value));
    const redact: Redact = (text) => redactor(values)(text);
    if (call.signal.aborted) throw outOfTime({ key: rotator.key });
    try {
      return await verb({ ...call, log: redactedLog(call.log, redact) }, learn);
    } catch (error) {
      if (call.signal.aborted) throw outOfTime({ key: rotator.key });
      throw wrapped(error, rotator, { redact, wording: wording ?? redact });
    }
  };
}

const valuesOf = ({ signal: _signal, log: _log, ...credentials }: Call) => textsIn(credentials);

/** Nobody but the verb knows what it makes, so no foreign message of it is passed on. */
const createOf =
  (rotator: Rotator) =>
  (call: Parameters<Rotator['create']>[0], learn: Learn): ReturnType<Rotator['create']> =>
    rotator.create({
      ...call,
      superseded: async () => {
        const credential = await call.superseded();
        learn(credential);
        return credential;
      },
    });

function wrapped(
  error: unknown,
  { key, kind }: Rotator,
  { redact, wording }: { redact: Redact; wording: Redact },
): RotationError {
  const foreign = error instanceof RotationError ? error.cause : error;
  const cause = redactedCause(foreign, redact, { wording });
  if (error instanceof RotationError) {
    return new RotationError(error.code, redact(error.message), {
      step: error.step,
      key: error.key ?? key,
      cause,
    });
  }
  return new RotationError(
    'UNEXPECTED',
    `The rotator ${kind} of ${key} failed in a way it does not know. It will be tried again; if it ` +
      'keeps failing, the cause below is what to report.',
    { key, cause },
  );
}

const redactedLog = (log: RotatorLog, redact: Redact): RotatorLog => ({
  info: (message) => log.info(redact(message)),
  warn: (message) => log.warn(redact(message)),
});
