import { generateIdentity, identityToRecipient } from 'age-encryption';
import { expect, test } from 'vitest';
import { useBackupRig } from './backup-rig.ts';
import { sample } from './local-secrets.ts';
import { storedSecret } from './stored-secret.ts';

const { backup, newFile, secrets } = useBackupRig();

test.each([
  [1, 'with the identity of its recipient'],
  [2, 'with any one of 2 identities'],
])('says that each of %i recipients opens a backup alone', async (count, said) => {
  const { name } = await storedSecret(secrets(), sample);
  const another = await identityToRecipient(await generateIdentity());
  const more = count === 2 ? ['-r', another] : [];

  const { stdout } = await backup(name, newFile(), ...more);

  expect(stdout).toContain(`which opens ${said}.`);
});
