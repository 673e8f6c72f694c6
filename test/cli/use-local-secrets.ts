import { afterAll, beforeAll, beforeEach, vi } from 'vitest';
import { localSecrets, type LocalSecrets } from './local-secrets.ts';
import { stubEnvironment } from './stub-environment.ts';

/** A local Secrets Manager for the tests of a file, calm before each of them. */
export function useLocalSecrets(): () => LocalSecrets {
  let secrets: LocalSecrets;
  beforeAll(async () => {
    secrets = await localSecrets();
  });
  beforeEach(() => secrets.calm());
  afterAll(() => secrets.close());
  return () => secrets;
}

/** One that commands in this process find by their environment. */
export function useStubbedSecrets(): () => LocalSecrets {
  const secrets = useLocalSecrets();
  beforeAll(() => stubEnvironment(secrets()));
  afterAll(() => void vi.unstubAllEnvs());
  return secrets;
}
