import { outOfTime, retryableByCode, RotationError } from './errors.ts';
import { redactedCause, summary } from './redacted-cause.ts';
import { redactGenerated, redactor, textsIn, type Redact } from './redaction.ts';
import { heldBack, redactedLog } from './redacted-log.ts';
import type { Call, Rotator } from './rotator.ts';

/**
 * A rotator whose errors and log lines cannot show a value it was handed or made: whatever it
 * throws leaves as a `RotationError` on one of its keys, with the cause rebuilt from what cannot
 * hold a value. Put around every rotator once, so that no author has to think of it.
 */
export function guarded(rotator: Rotator): Rotator {
  const change = rotator.switch?.bind(rotator);
  // Named one by one: a verb that is added to the contract must not slip through unguarded.
  return {
    kind: rotator.kind,
    key: rotator.key,
    changes: rotator.changes,
    reads: rotator.reads,
    optional: rotator.optional,
    shown: rotator.shown ?? [],
    graceMs: rotator.graceMs,
    madeByProvider: rotator.madeByProvider,
    switchBudgetMs: rotator.switchBudgetMs,
    administered: rotator.administered ?? false,
    probe: guard(rotator, (call) => rotator.probe(call)),
    check: guard(rotator, (call) => rotator.check(call)),
    create: guard(rotator, createOf(rotator)),
    install: guard(rotator, (call) => rotator.install(call)),
    revoke: guard(rotator, (call) => rotator.revoke(call)),
    ...(change && { switch: guard(rotator, change) }),
  };
}

/** Takes note of a value that came into play while a verb ran. */
type Learn = (value: unknown) => void;

function guard<C extends Call, R>(
  rotator: Rotator,
  verb: (call: C, learn: Learn) => Promise<R>,
): (call: C) => Promise<R> {
  return async (call) => {
    const values = valuesOf(call, rotator);
    let redactKnown = redactor(values);
    const learn: Learn = (value) => {
      values.push(...secretTexts(value, rotator));
      redactKnown = redactor(values);
    };
    const redact: Redact = (text) => redactGenerated(redactKnown(text));
    if (call.signal.aborted) throw outOfTime({ key: rotator.key });
    try {
      const log = redactedLog(call.log, redact);
      return await verb({ ...call, log, withhold: learn }, learn);
    } catch (error) {
      if (call.signal.aborted) throw outOfTime({ key: rotator.key });
      throw redacted(error, rotator, redact);
    }
  };
}

/** Texts in everything a verb was handed that could be a credential. */
const valuesOf = (
  { signal: _signal, log: _log, withhold: _withhold, ...handed }: Call,
  rotator: Rotator,
) =>
  Object.entries(handed)
    .filter(([name]) => name !== 'version' && name !== 'newer')
    .flatMap(([, value]) => secretTexts(value, rotator));

/** Texts in one credential, or in several, without those that may be told. Its own key is none of these. */
function secretTexts(value: unknown, rotator: Rotator): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => secretTexts(each, rotator));
  if (typeof value !== 'object' || value === null) return textsIn(value);
  const told = (key: string) => key !== rotator.key && rotator.shown?.includes(key);
  const secret = Object.entries(value).filter(([key]) => !told(key));
  return secret.flatMap(([, each]) => textsIn(each));
}

/** What it makes is known when it returns, so its log lines wait for that. */
const createOf =
  (rotator: Rotator) => async (call: Parameters<Rotator['create']>[0], learn: Learn) => {
    const { log, release } = heldBack(call);
    const superseded = async () => {
      const credential = await call.superseded();
      learn(credential);
      return credential;
    };
    const labelled = async () => {
      const credentials = await call.version.labelled();
      learn(credentials);
      return credentials;
    };
    try {
      const version = { ...call.version, labelled };
      const made = await rotator.create({ ...call, log, superseded, version });
      learn(made);
      return made;
    } finally {
      release();
    }
  };

function redacted(error: unknown, rotator: Rotator, redact: Redact): RotationError {
  try {
    if (error instanceof RotationError) return ours(error, rotator, redact);
  } catch {
    // It fights being looked at, so nothing of it is used.
  }
  return unexpected(redactedCause(error, redact), rotator);
}

/** Of an author's own error the message is worth keeping, since it says what to do. */
function ours({ code, message, key, cause }: RotationError, rotator: Rotator, redact: Redact) {
  const safeCause = redactedCause(cause, redact);
  if (!Object.hasOwn(retryableByCode, code)) return unexpected(safeCause, rotator);
  const named = [...rotator.changes, ...rotator.reads].find((name) => name === key);
  return new RotationError(code, redact(message), {
    key: named ?? rotator.key,
    cause: safeCause,
  });
}

const unexpected = (cause: Error | undefined, { key, kind }: Rotator) =>
  new RotationError(
    'UNEXPECTED',
    `The rotator ${kind} of ${key} failed in a way it does not know (${summary(cause)}). It will be ` +
      'tried again; if it keeps failing, report it with this message.',
    { key, cause },
  );
