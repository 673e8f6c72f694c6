import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { labels } from '../../rotation/secret-store.ts';
import { describeSecret, type DescribedSecret } from '../described-secret.ts';
import { Failure, Interrupted } from '../failure.ts';
import { withSecretsManager } from '../secrets-manager.ts';
import { hearingSignals } from '../signals.ts';
import { assertNotCompromised } from './compromised-values.ts';
import type { Held } from './judgement.ts';
import { makeCurrent, propose, withdraw } from './proposal.ts';
import { assertNotRotating } from './not-rotating.ts';
import { moved, prove, type Published, type Tried } from './prove.ts';
import type { StoredValue } from './stored-value.ts';

export interface Publication {
  /** A name or an ARN. */
  readonly secret: string;
  /** The version that is current, and its value: AWSCURRENT must be on it until the end. */
  readonly current: Held;
  /** What is to become current. */
  readonly value: StoredValue;
  /** Labels that the value had where it comes from, such as that of a compromised key. */
  readonly labels?: readonly string[];
  /** Publish although a key's credential is refused, where that in AWSCURRENT is refused too. */
  readonly force?: boolean;
  /** Publish although nobody could tell whether a credential works. Never one that is refused. */
  readonly unverified?: boolean;
}

/**
 * Publishes a value that a person gave, once the rotation function has had every system accept what
 * is in it. It stores the value beside AWSCURRENT, has it tried, moves AWSCURRENT by compare-and-swap
 * and looks again: a credential that died meanwhile takes the move back. `refused`, with AWSCURRENT
 * where it was, where a key would break. Broken off anywhere, AWSCURRENT is on the old version or
 * on the proven one. Throws a Failure: a rotation is under way, AWSCURRENT moved, no function could
 * be asked, or Ctrl-C.
 */
export const publishProven = (publication: Publication): Promise<Published> =>
  hearingSignals(({ signal }) =>
    withSecretsManager((client) => publish({ ...publication, client, signal })),
  );

interface Attempt extends Publication {
  readonly client: SecretsManagerClient;
  readonly signal: AbortSignal;
}

async function publish(attempt: Attempt): Promise<Published> {
  const { client, value, current } = attempt;
  const { arn, functionArn } = await assertReady(attempt);
  const proposal = await propose(client, { secret: arn, value, base: current.versionId });
  const tried = { ...attempt, proposal, functionArn };
  try {
    const found = await prove(tried);
    if (found.outcome === 'refused') return found;
    if (attempt.signal.aborted) throw new Interrupted();
    await assertUnchanged(attempt);
    await makeCurrent(client, proposal);
    return await lookAgain(tried, found);
  } finally {
    await withdraw(client, proposal);
  }
}

async function assertReady(attempt: Attempt): Promise<DescribedSecret> {
  const { client, current, value, labels: given = [], unverified } = attempt;
  const found = await assertUnchanged(attempt);
  if (!found.functionArn && !unverified) throw nobodyToAsk(found.name);
  const compared = { secret: found, value, current: current.value, labels: given };
  await assertNotCompromised(client, compared);
  return found;
}

/** Nobody rotates it, and it is what it was. Asked again at the end: systems take their time. */
async function assertUnchanged({ client, secret, current }: Attempt): Promise<DescribedSecret> {
  const found = await describeSecret(client, secret);
  assertNotRotating(found);
  if (found.versionAt(labels.current) !== current.versionId) throw moved();
  return found;
}

/** The end of a grace that had begun before the lease may have ended what was proven a moment ago. */
async function lookAgain(tried: Tried & Attempt, proven: Published): Promise<Published> {
  const { client, current } = tried;
  // It was proven, and is current: where nobody can tell now, that is left at that.
  const latest = await prove({ ...tried, signal: undefined }).catch(() => proven);
  if (!latest.keys.some(({ meaning }) => meaning === 'breaks')) return proven;
  const { secret, versionId } = tried.proposal;
  await makeCurrent(client, { secret, versionId: current.versionId, base: versionId });
  return latest;
}

const nobodyToAsk = (name: string) =>
  new Failure(
    'NOT_PROVEN',
    `No function rotates ${name}, so nobody can say whether the credentials in that value work. Add ` +
      '--unverified to publish it all the same.',
  );
