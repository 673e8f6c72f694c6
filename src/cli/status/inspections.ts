import { Failure } from '../failure.ts';
import type { DescribedSecret } from '../described-secret.ts';
import { inspectSecret, type InspectionAnswer } from '../inspection.ts';
import type { Recognise } from './rotation-function.ts';
import type { Finding } from './secret-status.ts';
import { absolute } from './times.ts';

/** What the systems said, or why they were not asked. */
export interface Inspected {
  readonly inspection?: InspectionAnswer | undefined;
  readonly findings?: readonly Finding[] | undefined;
}

interface Asked {
  readonly labels: string;
  readonly until: number;
  readonly inspected: Inspected;
}

/**
 * How long an answer is good for while the labels stay, in ms: each look logs in with superseded
 * passwords, and a server may lock an account after several that failed.
 */
const [goodMs, failedMs] = [5 * 60_000, 60_000];

/** Has rotation functions ask the systems, and remembers what they said. */
export function createInspections(options: {
  readonly recognise: Recognise;
  readonly signal?: AbortSignal | undefined;
}) {
  const { recognise, signal } = options;
  const remembered = new Map<string, Asked>();

  return {
    /** Throws what nobody expected; a Failure becomes a finding. */
    async of(described: DescribedSecret, { isNamed }: { readonly isNamed: boolean }) {
      const reason = reasonAgainst(described);
      if (reason) return { findings: [reason] };
      const labels = JSON.stringify([...described.labelsOf]);
      const before = remembered.get(described.arn);
      if (before?.labels === labels && Date.now() < before.until) return before.inspected;
      const inspected = await ask(described, isNamed).catch(unasked);
      const lasts = inspected.inspection ? goodMs : failedMs;
      remembered.set(described.arn, { labels, until: Date.now() + lasts, inspected });
      return inspected;
    },
  };

  async function ask(described: DescribedSecret, isNamed: boolean): Promise<Inspected> {
    const { arn, functionArn = '' } = described;
    const isOurs = await recognise(functionArn).catch((error: unknown) =>
      unrecognised(error, { described, isNamed }),
    );
    if (!isOurs) return { findings: [foreign(described)] };
    return { inspection: await inspectSecret({ arn, functionArn }, signal) };
  }
}

/** A person who names a secret says by it that Keyturn rotates it. */
function unrecognised(
  error: unknown,
  { described, isNamed }: { readonly described: DescribedSecret; readonly isNamed: boolean },
): boolean {
  if (!(error instanceof Failure)) throw error;
  if (isNamed) return true;
  throw new Failure(
    error.code,
    `Whether Keyturn rotates it could not be told. ${error.message} Or name the secret to have it ` +
      `asked: keyturn status ${described.name}.`,
  );
}

function unasked(error: unknown): Inspected {
  if (!(error instanceof Failure)) throw error;
  const { code, message } = error;
  return { findings: [{ finding: 'not-asked', level: 'attention', code, message }] };
}

function reasonAgainst({ name, functionArn, deletedAt }: DescribedSecret): Finding | undefined {
  if (deletedAt) {
    const message =
      `It is scheduled for deletion, and nobody can read it; it is gone after ${absolute(deletedAt)}. ` +
      `To keep it: aws secretsmanager restore-secret --secret-id ${name}.`;
    return { finding: 'being-deleted', level: 'attention', message };
  }
  if (functionArn) return undefined;
  const message = 'No function rotates it. Deploy Keyturn for it first (docs/deploying.md).';
  return { finding: 'not-rotated', level: 'attention', message };
}

const foreign = ({ functionArn }: DescribedSecret): Finding => ({
  finding: 'foreign-function',
  level: 'attention',
  message:
    `It is rotated by ${functionArn}, which is not a function of Keyturn's and was not asked. Look at it ` +
    'with what that came with.',
});
