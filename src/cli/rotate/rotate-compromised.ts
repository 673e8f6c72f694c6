import type { FoundSecret } from '../find-secret.ts';
import { hearingSignals } from '../signals.ts';
import type { Terminal } from '../terminal.ts';
import { whereItStands } from '../where-it-stands.ts';
import { endSuperseded, markKey } from './compromised-operations.ts';
import type { RotateOptions } from './rotate.ts';
import { rotateNow, type RotationDocument } from './rotate-now.ts';

/**
 * Marks the keys' current values as compromised, rotates, and ends them at once. Where it breaks off,
 * the marks stay, and every later run honours them: the same command again is safe.
 */
export async function rotateCompromised(
  secret: FoundSecret,
  options: RotateOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<RotationDocument> {
  const { name } = secret;
  const held = `what ${options.compromised.join(', ')} held`;

  const marked = new Set<string>();
  await whereItStands(
    () => markKeys(secret, options.compromised, { marked, signal }),
    ({ code }) =>
      code === 'KEY_NOT_ROTATED' && marked.size === 0
        ? 'Nothing was marked, and nothing was rotated.'
        : `Not all of ${held} is marked as compromised for certain, and nothing was rotated.`,
  );
  const keys = [...marked];
  terminal.tell(`Marked as compromised: ${keys.join(', ')}.\n`);
  const document = await whereItStands(
    () => rotateNow(secret, options, terminal, signal),
    `In ${name}, ${held} is marked as compromised and may still work, until a rotation that begins ` +
      'after the mark succeeds: the reconcile function then ends it within minutes.',
  );
  const revoked = await whereItStands(
    // A signal that came before was to end the watching; one that comes now ends this.
    () => hearingSignals(({ signal: another }) => endSuperseded(secret, another)),
    `${name} is rotated, and ${held} before may still work: the reconcile function ends it within ` +
      'minutes.',
  );
  return { ...document, compromised: keys, revoked };
}

/** One after the other: they change labels of the same version. */
async function markKeys(
  secret: FoundSecret,
  keys: readonly string[],
  { marked, signal }: { readonly marked: Set<string>; readonly signal: AbortSignal },
): Promise<void> {
  for (const key of keys) {
    for (const each of await markKey(secret, key, signal)) marked.add(each);
  }
}
