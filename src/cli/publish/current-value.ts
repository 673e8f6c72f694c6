import { labels } from '../../rotation/secret-store.ts';
import type { DescribedSecret } from '../described-secret.ts';
import { Failure } from '../failure.ts';
import { withSecretsManager } from '../secrets-manager.ts';
import type { Held } from './judgement.ts';
import { readStored } from './stored-value.ts';

/**
 * The version under AWSCURRENT with its value, to make another of. Needs the permission to read
 * values. Throws a Failure, also where there is none.
 */
export const readCurrentValue = (secret: DescribedSecret): Promise<Held> =>
  withSecretsManager(async (client) => {
    const versionId = secret.versionAt(labels.current);
    const stored = versionId && (await readStored(client, { secret: secret.arn, versionId }));
    if (stored) return { versionId: stored.versionId, value: stored.value };
    throw new Failure(
      'NO_CURRENT_VERSION',
      `${secret.name} has no value under AWSCURRENT. Store a first one, as keyturn init says, or delete it ` +
        'and create it anew.',
    );
  });
