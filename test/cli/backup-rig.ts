import { Decrypter } from 'age-encryption';
import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { parseBackup } from '../../src/cli/backup/backup-format.ts';
import { expectSilent } from '../support/expect-told.ts';
import { samples } from './local-secrets.ts';
import { runKeyturn } from './run-keyturn.ts';
import { useAgeIdentity } from './use-age-identity.ts';
import { useLocalSecrets } from './use-local-secrets.ts';

/** Values that stand in no message by chance. */
export const [changed, added, gone] = ['changed-value-71', 'added-value-72', 'gone-value-73'];
export const passphrase = 'five-words-by-chance-here';

/** Secrets, an identity that opens backups of them, and the commands, which may print no value. */
export function useBackupRig() {
  const age = useAgeIdentity();
  const secrets = useLocalSecrets();

  async function keyturn(args: readonly string[], input?: string | Buffer) {
    const stack = { ...secrets(), ...(input !== undefined && { input }) };
    const outcome = await runKeyturn(stack, ...args);
    const values = [...samples, age.identity(), passphrase, changed, added, gone];
    expectSilent(outcome.stdout + outcome.stderr, values);
    return outcome;
  }

  const backup = (name: string, output: string, ...more: readonly string[]) =>
    keyturn(['backup', name, '-o', output, '-r', age.recipient(), ...more]);

  /** A file with a backup in it, and a Secrets Manager that is calm again. */
  async function backedUp(name: string, ...more: readonly string[]) {
    const file = age.newFile();
    const { exitCode, stderr } = await backup(name, file, ...more);
    expect(exitCode, stderr).toBe(0);
    secrets().calm();
    return file;
  }

  async function openBytes(file: Uint8Array) {
    const decrypter = new Decrypter();
    decrypter.addIdentity(age.identity());
    return parseBackup(await decrypter.decrypt(file));
  }

  return {
    ...age,
    secrets,
    keyturn,
    backup,
    backedUp,
    restore: (file: string, ...more: readonly string[]) =>
      keyturn(['restore', file, '-i', age.identityFile(), ...more]),
    openBytes,
    open: async (file: string) => openBytes(await readFile(file)),
    /** What was written to Secrets Manager since it was calm. */
    writes: () =>
      secrets().calls.filter(({ operation }) => /^(Put|Update|Create|Tag)/.test(operation)),
  };
}

/** The same bytes with one bit flipped in the byte at this place. */
export function flippedAt(whole: Buffer, at: number): Buffer {
  const flipped = Buffer.from(whole);
  flipped[at] = (flipped[at] ?? 0) ^ 1;
  return flipped;
}
