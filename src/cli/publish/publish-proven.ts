import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { labels } from '../../rotation/secret-store.ts';
import { describeSecret, type DescribedSecret } from '../described-secret.ts';
import { Failure, Interrupted } from '../failure.ts';
import { withSecretsManager } from '../secrets-manager.ts';
import { hearingSignals } from '../signals.ts';
import { assertNotCompromised, readMarked, type MarkedVersion } from './compromised-values.ts';
import type { Held } from './judgement.ts';
import { clearLeftovers } from './leftovers.ts';
import { lookAgain } from './look-again.ts';
import { CurrentUnknown, makeCurrent, moved } from './make-current.ts';
import { assertNotRotating } from './not-rotating.ts';
import { propose, withdraw, type Proposal } from './proposal.ts';
import { prove, type Proof, type Published } from './prove.ts';
import type { StoredValue } from './stored-value.ts';

export interface Publication {
  /** A name or an ARN. */
  readonly secret: string;
  /** The version that is current, and its value: AWSCURRENT must be on it until the end. */
  readonly current: Held;
  /** What is to become current. */
  readonly value: StoredValue;
  /** Versions elsewhere that are marked as compromised, such as those of a backup. */
  readonly marked?: readonly MarkedVersion[];
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
 * be asked, a value is compromised, or Ctrl-C; one that leaves AWSCURRENT elsewhere, or does not know
 * where it is, says so.
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
  const found = await assertReady(attempt);
  const proposal = await propose(client, { secret: found.arn, value, base: current.versionId });
  try {
    const published = await publishProposal(attempt, { found, proposal });
    await withdraw(client, proposal);
    return published;
  } catch (error) {
    // Where AWSCURRENT may have moved, the lease keeps the end of a grace away until that is known.
    if (!(error instanceof CurrentUnknown)) await withdraw(client, proposal);
    throw error;
  }
}

interface Proposed {
  readonly found: DescribedSecret;
  readonly proposal: Proposal;
}

async function publishProposal(
  attempt: Attempt,
  { found, proposal }: Proposed,
): Promise<Published> {
  const { client, signal } = attempt;
  const { name, functionArn } = found;
  const tried = { ...attempt, proposal, name, functionArn };
  const proof = await prove(tried);
  await assertUncompromised(attempt, { found, proof });
  if (proof.published.outcome === 'refused') return proof.published;
  if (signal.aborted) throw new Interrupted();
  await assertUnchanged(attempt);
  await makeCurrent(client, proposal);
  return lookAgain(client, tried, proof.published);
}

async function assertReady(attempt: Attempt): Promise<DescribedSecret> {
  const { client, secret, unverified } = attempt;
  await clearLeftovers(client, await describeSecret(client, secret));
  const found = await assertUnchanged(attempt);
  if (!found.functionArn && !unverified) throw nobodyToAsk(found.name);
  return found;
}

/** Only by what the function says of the keys it is known which of them keep earlier ones. */
async function assertUncompromised(
  { client, value, current, marked: elsewhere = [] }: Attempt,
  { found, proof: { rotated } }: { readonly found: DescribedSecret; readonly proof: Proof },
): Promise<void> {
  const marked = [...elsewhere, ...(await readMarked(client, found))];
  assertNotCompromised({ value, current: current.value, marked, rotated });
}

/** Nobody rotates it, and it is what it was. Asked again at the end: systems take their time. */
async function assertUnchanged({ client, secret, current }: Attempt): Promise<DescribedSecret> {
  const found = await describeSecret(client, secret);
  assertNotRotating(found);
  if (found.versionAt(labels.current) !== current.versionId) throw moved();
  return found;
}

const nobodyToAsk = (name: string) =>
  new Failure(
    'NOT_PROVEN',
    `No function rotates ${name}, so nobody can say whether the credentials in that value work. Add ` +
      '--unverified to publish it all the same.',
  );
