import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { hearingSignals } from '../signals.ts';
import { createFirst, type Created } from './create-first.ts';
import type { DeploymentFiles } from './deployment/plan-files.ts';
import { writeFiles } from './deployment/write-files.ts';
import { InterruptedAfter } from './interrupted-creation.ts';

type FirstVersion = Parameters<typeof createFirst>[1];

interface Request extends FirstVersion {
  /** Written once the secret is there; `undefined` where none are. */
  readonly files: DeploymentFiles | undefined;
}

/**
 * Makes the secret, then the files for its deployment. A signal ends it with an Interrupted that says
 * what is there; never between two files, which take no time. Throws a Failure.
 */
export const createWithFiles = (
  client: SecretsManagerClient,
  { files, ...first }: Request,
): Promise<Created> =>
  hearingSignals(async ({ signal }) => {
    const { secret } = first.options;
    const created = await createFirst(client, first);
    if (!files) return created;
    await writeFiles(files, `${secret} is created (${created.arn}). But `);
    if (signal.aborted) throw new InterruptedAfter(secret, created, namesOf(files));
    return created;
  });

const namesOf = ({ files }: DeploymentFiles): readonly string[] =>
  files.filter(({ text, before }) => text !== before).map(({ name }) => name);
