import { identityToRecipient } from 'age-encryption';
import { readText } from '../backup/read-text.ts';
import { Failure } from '../failure.ts';
import { shared } from '../read-secret-file.ts';
import type { Terminal } from '../terminal.ts';

/** The identities of files in age's own format. Throws a Failure that quotes nothing of them. */
export async function readIdentities(
  paths: readonly string[],
  terminal: Pick<Terminal, 'tell'>,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const { text, othersMayRead } = await readText(path, '--identity');
    if (othersMayRead) terminal.tell(shared('--identity'));
    found.push(...(await identitiesIn(text)));
  }
  return found;
}

async function identitiesIn(text: string): Promise<readonly string[]> {
  const refused = refusals.find(([pattern]) => pattern.test(text));
  if (refused) throw unusable(refused[1]);
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const identities = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (identities.length === 0) throw unusable('It holds none.');
  for (const identity of identities) await assertUsable(identity);
  return identities;
}

async function assertUsable(identity: string): Promise<void> {
  const isKnown = /^AGE-SECRET-KEY-(?:PQ-)?1/.test(identity);
  const isWhole = isKnown && (await identityToRecipient(identity).catch(() => undefined));
  if (!isWhole) throw unusable('A line of it is none: they start with AGE-SECRET-KEY-1.');
}

const refusals: readonly (readonly [RegExp, string])[] = [
  [/^-----BEGIN (?:OPENSSH|RSA|EC|PRIVATE)/m, 'SSH keys are not supported.'],
  [
    /^(?:-----BEGIN AGE ENCRYPTED|age-encryption\.org\/)/m,
    'It is encrypted itself: pipe it in, with age -d identity.age | keyturn restore … --identity -.',
  ],
  [/^AGE-PLUGIN-/m, 'Plugins of age are not supported: open the backup with age -d.'],
];

const unusable = (why: string) =>
  new Failure(
    'IDENTITY_UNUSABLE',
    `A file of --identity cannot be used. ${why} Name the file that age-keygen -o wrote.`,
  );
