import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect } from 'vitest';
import { production } from '../../src/local/stack/environments.ts';
import { expectSilent } from '../support/expect-told.ts';
import { startRig, type Rig, type Values } from '../stack/support.ts';
import { runKeyturn } from './run-keyturn.ts';
import { useAgeIdentity } from './use-age-identity.ts';

const secret = production.secretName;

/** The whole stack after a rotation, backups of its secret, and the commands, which print no value. */
export function usePublishedRig() {
  const { identityFile, newFile, recipient } = useAgeIdentity();
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({ grace: '1h' });
    await rig.rotate();
  });
  afterAll(() => rig.stop());

  async function keyturn(...args: readonly string[]) {
    const outcome = await runKeyturn(rig.stack, ...args);
    const values: object = await rig.read();
    const texts = Object.values(values).filter((each) => typeof each === 'string');
    expectSilent(outcome.stdout + outcome.stderr, texts);
    return outcome;
  }

  async function backup() {
    const file = newFile();
    const { exitCode, stderr } = await keyturn('backup', secret, '-o', file, '-r', recipient());
    expect(exitCode, stderr).toBe(0);
    return file;
  }

  /** As somebody would in the console. */
  async function overwrite(values: Partial<Values> & { readonly STRIPE?: string }) {
    const SecretString = JSON.stringify({ ...(await rig.read()), ...values });
    await rig.client.send(new PutSecretValueCommand({ SecretId: secret, SecretString }));
  }

  return {
    rig: () => rig,
    at: (label: string) => rig.stack.secretsManager.inspect(secret, label),
    identityFile,
    keyturn,
    backup,
    restore: (file: string, ...more: readonly string[]) =>
      keyturn('restore', file, '-i', identityFile(), '--yes', '--json', ...more),
    overwrite,
  };
}
