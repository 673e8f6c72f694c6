import { textAt } from './create-secrets.ts';
import { type AnySecrets, defaultSecrets } from './default-secrets.ts';
import type { Snapshot } from './snapshot.ts';
import { isSignedWith, type TwilioWebhook } from './twilio-signature.ts';
import { lookAgain, seeVersions, type Versions } from './versions.ts';

interface WebhookOptions {
  /** Default: those of the process (`useSecrets`). */
  readonly secrets?: AnySecrets | undefined;
  /** Default: TWILIO_AUTH_TOKEN. */
  readonly tokenKey?: string | undefined;
}

/** The label that says that nothing of a version is accepted any more. */
const retired = 'KEYTURN_RETIRED';

/** What was signed before the end of a token may arrive so much later, in ms. */
const lateness = 5_000;

/**
 * Whether a request comes from Twilio: signed with the current token, with the previous one until that
 * was retired, or with a pending one. Twilio signs with the superseded token until a grace ends. Where
 * none fits, the secret is read anew first, for all such requests together once in 30 s, and more
 * often with a TTL below five minutes. Throws a SecretsError where there is no value to verify with.
 */
export async function validateTwilioWebhook(
  webhook: TwilioWebhook,
  { secrets = defaultSecrets(), tokenKey = 'TWILIO_AUTH_TOKEN' }: WebhookOptions = {},
): Promise<boolean> {
  const versions = seeVersions(secrets);
  await versions.current.ready();
  const signer = () => signerOf(webhook, versions, tokenKey);

  const known = signer();
  // A previous one may have been retired since: what a thief still has must not count for ever.
  if (known?.stage === 'AWSPREVIOUS') await versions.previous.within(versions.limits.ttl);
  else if (known) return true;
  if (signer()) return true;
  await lookForOthers(versions);
  return signer() !== undefined;
}

/** The version with the token that signed it. */
function signerOf(
  webhook: TwilioWebhook,
  versions: Versions,
  tokenKey: string,
): Snapshot<object> | undefined {
  const { current, previous, pending } = versions;
  const live = isOver(versions) ? undefined : previous.known;
  const tried = new Set<string>();
  return [current.get(), live, pending.known].find((version) => {
    const token = version && textAt(version, tokenKey);
    if (!token || tried.has(token)) return false;
    tried.add(token);
    return isSignedWith(token, webhook);
  });
}

/** Whether the previous version was retired, and what it signed until then has arrived. */
function isOver({ previous, looked, clock }: Versions): boolean {
  if (!previous.known?.labels.includes(retired)) return false;
  const seen = `retired ${previous.known.versionId}`;
  const since = looked.get(seen) ?? clock.now();
  looked.set(seen, since);
  return clock.now() - since >= lateness;
}

async function lookForOthers(versions: Versions): Promise<void> {
  const notWithinMs = Math.min(30_000, versions.limits.ttl / 10);
  await Promise.all([
    lookAgain(versions, { purpose: 'unverified', notWithinMs }),
    versions.previous.within(notWithinMs),
    versions.pending.within(notWithinMs),
  ]);
}
