import { readAwsFiles, type AwsFiles } from './aws-files.ts';
import type { Caller } from './clients.ts';
import { examineAccount } from './checks/account.ts';
import { examineClock } from './checks/clock.ts';
import { pipes } from './checks/credential-failure.ts';
import { examineCredentials } from './checks/credentials.ts';
import { examineEndpoint } from './checks/endpoint.ts';
import { examineRegion } from './checks/region.ts';
import { examineSecret } from './checks/secret.ts';
import { examineSeen, laterChecks } from './examine-seen.ts';
import type { Examined, Finding } from './finding.ts';
import { skipped, withoutRepeats } from './findings.ts';
import type { Surroundings } from './surroundings.ts';

export interface Wanted {
  /** A name or an ARN. */
  readonly secretId: string;
  /** Whether values are read, as an application does. */
  readonly values: boolean;
  /** Keys that applications need; absent where nobody said. */
  readonly keys?: readonly string[] | undefined;
}

interface Ground {
  readonly wanted: Wanted;
  readonly surroundings: Surroundings;
  readonly files: AwsFiles;
}

/**
 * Makes every check that can be made, in order; what an earlier one is in the way of is told as
 * skipped. Changes nothing, and throws nothing that a check expects.
 */
export async function examine(
  wanted: Wanted,
  surroundings: Surroundings,
): Promise<readonly Finding[]> {
  const ground = { wanted, surroundings, files: await readAwsFiles(surroundings) };
  const { findings, found } = await examineOwnSide(ground);
  const atAws = found ? await examineAtAws(ground, found) : unasked('See above.');
  return withoutRepeats([...findings, ...atAws]);
}

/** This machine, and the way to AWS. */
async function examineOwnSide({ wanted, surroundings, files }: Ground): Promise<Examined<Caller>> {
  if (files.pipes.length > 0) {
    const reason = 'Every client would wait for that file.';
    return { findings: [pipes(files.pipes), ...skipped(['region', 'endpoint', 'clock'], reason)] };
  }
  const credentials = await examineCredentials(surroundings, files);
  const region = await examineRegion(wanted.secretId, surroundings, files);
  const endpoint = region.found
    ? await examineEndpoint(region.found, surroundings)
    : { findings: skipped(['endpoint'], 'No region is known.') };
  const clock = endpoint.found
    ? [examineClock(endpoint.found)]
    : skipped(['clock'], 'Nobody told the time.');
  const isWhole = credentials.found && region.found && endpoint.found;
  return {
    findings: [...credentials.findings, ...region.findings, ...endpoint.findings, ...clock],
    ...(isWhole && { found: { region: region.found, credentials: credentials.found } }),
  };
}

async function examineAtAws(
  { wanted, surroundings, files }: Ground,
  caller: Caller,
): Promise<readonly Finding[]> {
  const account = await examineAccount(caller);
  if (!account.found) return [...account.findings, ...skipped(['secret', ...laterChecks], refused)];
  const identity = account.found;
  const secret = await examineSecret({ ...wanted, caller, identity, surroundings, files });
  const later = secret.found
    ? await examineSeen({ seen: secret.found, identity, surroundings, ...wanted })
    : skipped(laterChecks, 'The secret is not there to be looked at.');
  return [...account.findings, ...secret.findings, ...later];
}

const refused = 'AWS does not take the credentials.';

const unasked = (reason: string) => skipped(['account', 'secret', ...laterChecks], reason);
