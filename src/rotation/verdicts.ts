import type { InspectedCredential } from './inspection.ts';
import { assertKeys } from './plan.ts';
import { probe, type Invocation } from './rotation.ts';
import { sameCredential, type Rotator } from './rotator.ts';
import { hasLabel, labels, type SecretDescription, type SecretVersion } from './secret-store.ts';
import { told, toldOf } from './told.ts';

interface Stored {
  readonly description: SecretDescription;
  readonly stored: readonly SecretVersion[];
  readonly current: SecretVersion | undefined;
}

interface Asked {
  readonly rotator: Rotator;
  /** Of the versions that were asked about, AWSCURRENT first. */
  readonly credentials: readonly InspectedCredential[];
}

/**
 * What the systems say of each credential that a rotation or a repair may depend on. Others are not
 * tried: a server may lock an account after several logins that failed.
 */
export async function verdicts(invocation: Invocation, secret: Stored): Promise<readonly Asked[]> {
  const { current } = secret;
  const begun = await Promise.all(
    invocation.plan.rotators.map(async (rotator) => ({
      rotator,
      said: current && (await verdictOn(invocation, rotator, current)),
    })),
  );
  const isSound = begun.every(({ said }) => said !== undefined && takes.has(said.verdict));
  const others = othersOf(secret, { isSound });
  return Promise.all(
    begun.map(async ({ rotator, said }) => {
      const known = current && said ? [{ version: current, credential: said }] : [];
      const answers = await askAll(invocation, rotator, { known, others });
      return { rotator, credentials: inOrder(secret, compared(rotator, answers, current)) };
    }),
  );
}

/** What can be asked by nobody is known at least to be no other than what is published. */
const compared = (
  rotator: Rotator,
  answers: readonly Answer[],
  current: SecretVersion | undefined,
): readonly Answer[] =>
  answers.map(({ version, credential }) => {
    const same =
      current && version !== current && sameCredential(rotator, version.document, current.document);
    return { version, credential: same ? { ...credential, asCurrent: true } : credential };
  });

/** In the order of the versions, whichever was asked about first. */
const inOrder = ({ stored }: Stored, answers: readonly Answer[]) =>
  stored.flatMap(
    (version) => answers.find((answer) => answer.version === version)?.credential ?? [],
  );

const takes: ReadonlySet<InspectedCredential['verdict']> = new Set(['accepted', 'unknown']);

/** What somebody waits for comes first. */
const asked = [labels.proposed, labels.pending, labels.made, labels.previous];

/** A version with a receipt is dead; where something published is refused, that is not relied on. */
function othersOf(
  { description, stored, current }: Stored,
  { isSound }: { readonly isSound: boolean },
): readonly SecretVersion[] {
  const others = asked.flatMap(
    (label) => stored.find(({ versionId }) => hasLabel(description, versionId, label)) ?? [],
  );
  const isRetired = ({ versionId }: SecretVersion) =>
    hasLabel(description, versionId, labels.retired);
  const living = others.filter((version) => !isRetired(version));
  const chosen = isSound ? living : [...living, ...others.filter(isRetired)];
  return [...new Set(chosen)].filter((version) => version !== current);
}

interface Answer {
  readonly version: SecretVersion;
  readonly credential: InspectedCredential;
}

interface Asking {
  readonly known: readonly Answer[];
  readonly others: readonly SecretVersion[];
}

/**
 * Equal credentials are asked for once. After two refusals in a row the one that works is used again,
 * which takes back a server's count of failed logins; the check of a rotation does so after the last.
 */
async function askAll(
  invocation: Invocation,
  rotator: Rotator,
  { known: before, others }: Asking,
): Promise<readonly Answer[]> {
  const answers = [...before];
  let refused = 0;
  for (const version of others) {
    const { versionId, document } = version;
    const same = answers.find((each) => sameCredential(rotator, each.version.document, document));
    if (same) {
      answers.push({ version, credential: { ...same.credential, versionId } });
      continue;
    }
    const works = answers.find(({ credential }) => credential.verdict === 'accepted');
    if (refused >= 2 && works) {
      await verdictOn(invocation, rotator, works.version);
      refused = 0;
    }
    const credential = await verdictOn(invocation, rotator, version);
    refused = credential.verdict === 'rejected' ? refused + 1 : 0;
    answers.push({ version, credential });
  }
  return answers;
}

async function verdictOn(
  invocation: Invocation,
  rotator: Rotator,
  { versionId, document }: SecretVersion,
): Promise<InspectedCredential> {
  const problem = told(() => assertKeys({ ...invocation.plan, rotators: [rotator] }, document));
  if (problem) return { versionId, verdict: 'failed', problem };
  try {
    return { versionId, verdict: await probe(invocation, rotator, document) };
  } catch (error) {
    return { versionId, verdict: 'failed', problem: toldOf(error) };
  }
}
