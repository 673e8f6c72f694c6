import {
  DescribeSecretCommand,
  type DescribeSecretResponse,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { labels } from '../../../rotation/secret-store.ts';
import type { AwsFiles } from '../aws-files.ts';
import { secretArnIn } from '../aws-arn.ts';
import { asking, type Caller } from '../clients.ts';
import { type Examined, findingsOf, type Finding } from '../finding.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Identity } from './account.ts';
import { findElsewhere } from './elsewhere.ts';
import { readValue } from './read-value.ts';
import { isDenied, isNotFound } from './reason.ts';
import { refusedCredentials } from './refused-credentials.ts';
import {
  acrossAccounts,
  arnWrong,
  beingDeleted,
  mayNotDescribe,
  notDescribed,
  notFound,
  otherAccount,
  wrongRegion,
} from './secret-findings.ts';

/** A secret that is there, or may be: where it could not be described, only its id is known. */
export interface SeenSecret {
  readonly secretId: string;
  readonly caller: Caller;
  readonly description?: DescribeSecretResponse | undefined;
}

interface Wanted {
  readonly secretId: string;
  readonly caller: Caller;
  readonly identity: Identity;
  /** Whether its value is to be read: then the description is not all there is to go by. */
  readonly values: boolean;
  readonly surroundings: Surroundings;
  readonly files: AwsFiles;
}

const { ok, skipped } = findingsOf('secret');

/** Whether there is such a secret, in this account and region. */
export async function examineSecret(wanted: Wanted): Promise<Examined<SeenSecret>> {
  const { secretId, caller } = wanted;
  try {
    const description = await describe(secretId, caller);
    return placed(wanted, { secretId: description.ARN ?? secretId, caller, description });
  } catch (error) {
    const refused = refusedCredentials(error);
    if (refused) return { findings: [refused] };
    if (isOfOtherAccount(wanted) && (isNotFound(error) || isDenied(error))) return beyond(wanted);
    if (isNotFound(error)) return notHere(wanted);
    const unseen = notDescribed(error, wanted.values);
    // Whoever reads the value may do without; for anybody else it is all there is.
    const denied = isDenied(error) && !wanted.values ? [mayNotDescribe(error)] : [];
    return { findings: [unseen, ...denied], found: { secretId, caller } };
  }
}

const describe = (secretId: string, caller: Caller) =>
  asking(
    (config) => new SecretsManagerClient(config),
    caller,
    (client, abort) => client.send(new DescribeSecretCommand({ SecretId: secretId }), abort),
  );

/** Found, in the account and region that were asked, or where an endpoint of one's own leads. */
function placed(wanted: Wanted, seen: SeenSecret): Examined<SeenSecret> {
  const { caller, identity, secretId } = wanted;
  const arn = secretArnIn(seen.description?.ARN ?? '');
  const { Name: name = secretId, DeletedDate } = seen.description ?? {};
  const findings: Finding[] = [
    DeletedDate ? beingDeleted(name, DeletedDate) : ok(`${name} is there.`),
  ];
  const found = { ...seen, caller: { ...caller, region: arn?.region ?? caller.region } };
  if (arn && arn.region !== caller.region) findings.push(wrongRegion(caller.region, arn.region));
  if (arn && identity.account && arn.account !== identity.account) {
    const isMeant = secretArnIn(secretId) !== undefined;
    findings.push(isMeant ? acrossAccounts(arn.account) : otherAccount(arn.account, identity));
  }
  return { findings, found };
}

function isOfOtherAccount({ secretId, identity }: Wanted): boolean {
  const account = secretArnIn(secretId)?.account;
  return account !== undefined && identity.account !== undefined && account !== identity.account;
}

/** Another account's may be meant to be read from here, and to be described by nobody but its own. */
async function beyond(wanted: Wanted): Promise<Examined<SeenSecret>> {
  const { secretId, caller, values, identity } = wanted;
  const account = secretArnIn(secretId)?.account ?? '';
  try {
    if (values) {
      await readValue({ secretId, caller }, labels.current);
      return { findings: [acrossAccounts(account)], found: { secretId, caller } };
    }
  } catch {
    // It may not be read either, as is said below.
  }
  return { findings: [otherAccount(account, identity), skipped('It is in another account.')] };
}

async function notHere(wanted: Wanted): Promise<Examined<SeenSecret>> {
  const { secretId, caller, surroundings, files } = wanted;
  const arn = secretArnIn(secretId);
  // Of an ARN, without the six characters that end it: a secret of that name in another region has others.
  const name = arn?.name.replace(/-[A-Za-z0-9]{6}$/, '') ?? secretId;
  const found = await findElsewhere(name, caller, { env: surroundings.env, files });
  if (found) {
    const { region, description } = found;
    const seen = { secretId: description.ARN ?? secretId, description };
    return {
      findings: [arn ? arnWrong(secretId, seen.secretId) : wrongRegion(caller.region, region)],
      found: { ...seen, caller: { ...caller, region } },
    };
  }
  return { findings: [notFound(wanted)] };
}
