import { generateIdentity, identityToRecipient } from 'age-encryption';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** A folder for the tests of a file, gone after them, with an identity as age-keygen writes it. */
export function useAgeIdentity() {
  let [folder, identity, recipient] = ['', '', ''];
  let count = 0;
  const identityFile = () => path.join(folder, 'identity.txt');

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'keyturn-backup-'));
    identity = await generateIdentity();
    recipient = await identityToRecipient(identity);
    await writeFile(identityFile(), `# a comment\n${identity}\n`, { mode: 0o600 });
  });
  afterAll(() => rm(folder, { recursive: true }));

  return {
    folder: () => folder,
    identity: () => identity,
    identityFile,
    recipient: () => recipient,
    /** Where nothing is yet. */
    newFile: () => path.join(folder, `${(count += 1)}.age`),
  };
}
