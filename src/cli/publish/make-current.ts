import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { labels } from '../../rotation/secret-store.ts';
import { awsFailure, type Meaning } from '../aws-failure.ts';
import { describeSecret } from '../described-secret.ts';
import { Failure } from '../failure.ts';
import { moveLabel } from './move-label.ts';

interface Move {
  readonly secret: string;
  /** Where AWSCURRENT goes. */
  readonly versionId: string;
  /** Where it must be. */
  readonly base: string;
}

/**
 * Moves AWSCURRENT, as long as it is on its base. An answer that gets lost is no failure: the same is
 * asked again, and the labels tell. Throws a Failure, and then AWSCURRENT is not on the version;
 * or CurrentUnknown, where the labels cannot be read either.
 */
export async function makeCurrent(client: SecretsManagerClient, move: Move): Promise<void> {
  const { secret, versionId, base } = move;
  try {
    await moveLabel(client, secret, { label: labels.current, from: base, to: versionId });
  } catch (error) {
    const current = await currentOf(client, move);
    if (current === versionId) return;
    throw current === base ? awsFailure(error, { doing: 'Moving AWSCURRENT', known }) : moved();
  }
}

async function currentOf(client: SecretsManagerClient, { secret, versionId }: Move) {
  try {
    return (await describeSecret(client, secret)).versionAt(labels.current);
  } catch (error) {
    if (error instanceof Failure) throw new CurrentUnknown(versionId);
    throw error;
  }
}

/** AWSCURRENT was asked to move, and neither the answer came nor could the labels be read. */
export class CurrentUnknown extends Failure {
  constructor(versionId: string) {
    super(
      'UNREACHABLE',
      `No answer tells whether ${versionId} is current now: AWSCURRENT may have moved to it, or not. Run ` +
        'the same command again when AWS answers: it finds that out. keyturn status tells, too.',
    );
  }
}

/** Somebody else's change counts. */
export const moved = () =>
  new Failure(
    'CURRENT_CHANGED',
    'Somebody else changed the secret meanwhile, and that counts. Look at keyturn status, and run the ' +
      'same command again if it is still wanted.',
  );

const known: Readonly<Record<string, Meaning>> = {
  AccessDeniedException: [
    'ACCESS_DENIED',
    'It takes secretsmanager:UpdateSecretVersionStage on the secret. AWSCURRENT was left where it was.',
  ],
};
