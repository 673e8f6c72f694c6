import { labels } from '../../../rotation/secret-store.ts';
import { findingsOf, type Finding } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';
import { explained } from './explained.ts';
import type { Key } from './inspected.ts';

const { fail, told } = findingsOf('systems');

interface Where {
  /** The label of a version whose credential works; absent where none does. */
  readonly accepted: string | undefined;
  readonly secretArn: string;
}

/** The system refuses what is published. */
export function rejected({ key, rotator }: Key, { accepted, secretArn }: Where): Finding {
  const repair = `keyturn repair ${secretArn}`;
  const what = `${key} (${rotator}): the value under AWSCURRENT is refused`;
  if (accepted === labels.pending) {
    return fail('COMMIT_UNFINISHED', {
      key,
      message: `${what}, and the one under AWSPENDING works: a commit stopped half-way.`,
      fix: `A recovery is booked within five minutes. Else: ${repair}`,
    });
  }
  if (accepted !== undefined) {
    return fail(rejectedCodeOf(rotator), {
      key,
      message:
        `${what}, and the one under ${accepted} works: the system was changed by hand, a value that does ` +
        'not work was stored, or the label was moved.',
      fix: `Applications that use it fail. ${repair} says what can be done.`,
    });
  }
  return fail(rejectedCodeOf(rotator), {
    key,
    message: `${what}, and so is every other labelled one: somebody changed it outside of Keyturn.`,
    fix: `Applications that use it fail. ${repair} says what can be done.`,
  });
}

function rejectedCodeOf(rotator: string): FindingCode {
  if (rotator.startsWith('twilio')) return 'TWILIO_CREDENTIAL_REJECTED';
  return isOfDatabase(rotator) ? 'DATABASE_PASSWORD_REJECTED' : 'CREDENTIAL_REJECTED';
}

const isOfDatabase = (rotator: string) => /^(rds|postgres|mysql)-/.test(rotator);

/** The system could not be asked. */
export function unanswered({ key, rotator }: Key, problem: Key['obstacle']): Finding {
  const { code = 'CANNOT_TELL', message = 'It gave no verdict.' } = problem ?? {};
  const system = rotator.startsWith('twilio') ? 'TWILIO' : isOfDatabase(rotator) ? 'DATABASE' : '';
  const isOurs = code === 'UNREACHABLE' && system !== '';
  return told('fail', isOurs ? `${system}_UNREACHABLE` : code, {
    key: problem?.key ?? key,
    message: `${key} (${rotator}): ${message}`,
    fix: isOurs ? (lookAt[system] ?? '') : explained(code),
  });
}

const lookAt: Readonly<Record<string, string>> = {
  DATABASE:
    'Is it up? Do its host and port stand as they should in the configuration? In a VPC: the function needs ' +
    "the database's subnets, and the database's security group must let the function's in.",
  TWILIO: 'The function needs a way out to the internet: in a VPC a NAT gateway.',
};
