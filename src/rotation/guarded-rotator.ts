import { outOfTime, RotationError } from './errors.ts';
import type { Call, Rotator, RotatorLog } from './rotator.ts';
import { redactedCause, redactor, textsIn, type Redact } from './redaction.ts';

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
    create: guard(rotator, (call) => rotator.create(call)),
    install: guard(rotator, (call) => rotator.install(call)),
    revoke: guard(rotator, (call) => rotator.revoke(call)),
    ...(change && { switch: guard(rotator, change) }),
  };
}

function guard<C extends Call, R>(rotator: Rotator, verb: (call: C) => Promise<R>) {
  return async (call: C): Promise<R> => {
    const redact = redactor(valuesOf(call));
    if (call.signal.aborted) throw outOfTime({ key: rotator.key });
    try {
      return await verb({ ...call, log: redactedLog(call.log, redact) });
    } catch (error) {
      if (call.signal.aborted) throw outOfTime({ key: rotator.key });
      throw wrapped(error, rotator, redact);
    }
  };
}

const valuesOf = ({ signal: _signal, log: _log, ...credentials }: Call) => textsIn(credentials);

function wrapped(error: unknown, { key, kind }: Rotator, redact: Redact): RotationError {
  const cause = redactedCause(error instanceof RotationError ? error.cause : error, redact);
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
