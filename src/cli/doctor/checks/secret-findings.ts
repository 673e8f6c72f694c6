import type { AwsFiles } from '../aws-files.ts';
import type { Caller } from '../clients.ts';
import { findingsOf, noAnswer } from '../finding.ts';
import type { Identity } from './account.ts';
import { denialIn } from './denial.ts';
import { isDenied, reasonOf } from './reason.ts';

const { warn, fail } = findingsOf('secret');

interface Asked {
  readonly secretId: string;
  readonly caller: Caller;
  readonly identity: Identity;
  readonly files: AwsFiles;
}

export function notFound({ secretId, caller, identity, files }: Asked) {
  const account = identity.account ? `account ${identity.account}` : "the credentials' account";
  return fail('SECRET_NOT_FOUND', {
    message: `There is no secret ${secretId} in ${account}, region ${caller.region}.`,
    fix:
      'Look at how the name is written, slashes and capitals included (aws secretsmanager list-secrets), ' +
      `and whether this account is the one that is meant.${profilesIn(files)}`,
  });
}

/** Somebody with several accounts has a profile for each. */
function profilesIn({ profiles }: AwsFiles): string {
  return profiles.size > 1 ? ` There are profiles for: ${[...profiles.keys()].join(', ')}.` : '';
}

export const beingDeleted = (name: string, gone: Date) =>
  fail('SECRET_BEING_DELETED', {
    message: `The secret is scheduled for deletion, and gone after ${gone.toISOString().slice(0, 10)}. Nobody can read it now.`,
    fix: `aws secretsmanager restore-secret --secret-id ${name}`,
  });

export const wrongRegion = (asked: string, actual: string) =>
  fail('WRONG_REGION', {
    message: `The secret is in ${actual}, and clients here go to ${asked}.`,
    fix: `Set AWS_REGION=${actual}. The checks below are made there.`,
  });

export const arnWrong = (given: string, actual: string) =>
  fail('ARN_WRONG_REGION', {
    message: `The ARN ${given} names a wrong region: there is no such secret, and one of that name is elsewhere.`,
    fix: `If that one is meant, call it by its own ARN: ${actual}. The checks below are made there.`,
  });

export const otherAccount = (account: string, identity: Identity) =>
  fail('WRONG_ACCOUNT', {
    message: `The secret is in account ${account}, and the credentials are of account ${identity.account}.`,
    fix:
      `Use credentials of ${account}. To read it from ${identity.account} on purpose, the secret's policy, the ` +
      "caller's policy and the policy of a customer managed key must all allow it.",
  });

export const acrossAccounts = (account: string) =>
  warn('OTHER_ACCOUNT', {
    message: `The secret is in account ${account}, which is another one than the caller's.`,
    fix: 'Where that is meant, nothing. It needs a customer managed key.',
  });

export const notDescribed = (error: unknown, values: boolean) =>
  (values ? warn : fail)('SECRET_NOT_VISIBLE', {
    message: `It could not be described: ${reasonOf(error)}.`,
    fix: isDenied(error) ? mayDoWithout : noAnswer,
  });

const mayDoWithout =
  'An application needs no more than secretsmanager:GetSecretValue. Run the command as somebody with ' +
  'secretsmanager:DescribeSecret to have rotation, labels and function looked at, too.';

/** Which policy it is. AWS's own words name the caller, the action and the secret. */
export function mayNotDescribe(error: unknown) {
  const said = error instanceof Error ? error.message : '';
  const { code, advice } = denialIn(said);
  return fail(code, {
    message: `secretsmanager:DescribeSecret is refused. AWS says: ${said}`,
    fix: advice ?? 'Let the caller have secretsmanager:DescribeSecret on this secret.',
  });
}
