import { armor, Encrypter } from 'age-encryption';
import { Failure } from '../failure.ts';

/** Who may open the file: one who has an identity, or who knows the passphrase. */
export type Lock = { readonly recipients: readonly string[] } | { readonly passphrase: string };

/** The file as `age` writes it. Throws a Failure that quotes nothing. */
export async function encrypt(
  clear: Uint8Array,
  lock: Lock,
  { armored }: { readonly armored: boolean },
): Promise<Uint8Array> {
  const encrypted = await encrypterFor(lock).encrypt(clear);
  return armored ? new TextEncoder().encode(armor.encode(encrypted)) : encrypted;
}

function encrypterFor(lock: Lock): Encrypter {
  const encrypter = new Encrypter();
  if ('passphrase' in lock) encrypter.setPassphrase(lock.passphrase);
  else for (const recipient of lock.recipients) add(encrypter, recipient);
  return encrypter;
}

function add(encrypter: Encrypter, recipient: string): void {
  try {
    encrypter.addRecipient(recipient);
  } catch {
    // What the library says may quote it, and it may be something else than a recipient.
    throw new Failure(
      'RECIPIENT_UNUSABLE',
      'A recipient is not written as age writes them: a letter is missing or wrong. Copy it again, or print ' +
        'it with age-keygen -y identity.txt.',
    );
  }
}
