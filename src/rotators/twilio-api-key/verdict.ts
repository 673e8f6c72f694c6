import type { Clock } from '../../rotation/clock.ts';
import { tokenRejected } from './rejections.ts';
import type { Answer, ApiKey, TwilioKeys } from './keys.ts';

/**
 * How long a new key may be refused by a part of Twilio that has not heard of it. Nothing is
 * documented; AWS waits up to five minutes after a rotation of such a key.
 */
const settlesWithinMs = 5 * 60_000;

/** Pauses between questions, in ms: a refusal too many makes Twilio refuse the whole account. */
const pausesMs = [2_000, 4_000, 8_000, 16_000];

interface Question {
  readonly keys: TwilioKeys;
  readonly key: ApiKey;
  /** An auth token of the account, by which the age of a refused key is known. */
  readonly token: string;
  /** The key of the secret that holds it. */
  readonly tokenKey: string;
  readonly probeUrl: string | undefined;
  readonly clock: Clock;
}

/** `unsettled`: it is refused, and so young that this proves nothing. */
export type Verdict = Answer | 'unsettled';

/**
 * What Twilio says of a key. Throws `CURRENT_REJECTED` on the auth token where Twilio refuses that as
 * well: then nobody can say whether the key is dead or merely young.
 */
export async function verdictOn(question: Question): Promise<Verdict> {
  const { keys, key, token, tokenKey, probeUrl } = question;
  const answer = await keys.probe(key, probeUrl);
  if (answer !== 'rejected') return answer;
  const shown = await keys.read(token, key.sid);
  if (shown === 'rejected') throw tokenRejected(tokenKey);
  if (shown === 'missing') return 'rejected';
  return isYoung(shown, question.clock) ? 'unsettled' : 'rejected';
}

/** Asks again for half a minute, until Twilio says one of the `final` things. The signal ends it early. */
export async function eventualVerdictOn(
  question: Question,
  { final, signal }: { final: readonly Verdict[]; signal: AbortSignal },
): Promise<Verdict> {
  for (const ms of pausesMs) {
    const verdict = await verdictOn(question);
    if (final.includes(verdict)) return verdict;
    await question.clock.sleep(ms, signal);
  }
  return verdictOn(question);
}

const isYoung = ({ created }: { created: Date | undefined }, clock: Clock) =>
  created !== undefined && clock.now().getTime() - created.getTime() < settlesWithinMs;
