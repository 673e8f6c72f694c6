import type { Caller } from '../clients.ts';
import { findingsOf, type Finding, notVisible } from '../finding.ts';
import { type Answer, askForInspection } from './ask-for-inspection.ts';
import { examineInspection } from './inspected.ts';
import { explained } from './explained.ts';
import { isDenied } from './reason.ts';

interface Wanted {
  readonly functionArn: string;
  readonly secretArn: string;
  readonly caller: Caller;
}

const { warn, told } = findingsOf('systems');

/** Which credentials work, as the rotation function finds it: it reaches the systems, and may read. */
export async function examineSystems(wanted: Wanted): Promise<readonly Finding[]> {
  try {
    return judged(await askForInspection(wanted), wanted);
  } catch (error) {
    if (isDenied(error)) return [mayNotInvoke(wanted)];
    if (error instanceof DOMException) return [slow()];
    return [notVisible('systems', 'What works', error)];
  }
}

function judged(answer: Answer, { secretArn }: Wanted): readonly Finding[] {
  if ('inspection' in answer) return examineInspection(answer.inspection, secretArn);
  if ('other' in answer) return [outdated()];
  const { code, message } = answer.failed;
  return [code === 'EVENT_INVALID' ? outdated() : failed(code, message)];
}

const failed = (code: string, message: string): Finding =>
  told('fail', code, {
    message: `The function could not ask: ${message}`,
    fix: `No rotation can run as long as this stands. ${explained(code)}`,
  });

const mayNotInvoke = ({ functionArn }: Wanted) =>
  warn('INVOKE_DENIED', {
    message: 'The caller may not invoke the rotation function, so that nobody asked the systems.',
    fix: `To know which credentials work: allow lambda:InvokeFunction on ${functionArn} to an operator.`,
  });

const slow = () =>
  warn('FUNCTION_SLOW', {
    message: 'The function did not answer within two minutes.',
    fix: 'A system that it asks keeps it waiting. Its log says which.',
  });

const outdated = () =>
  warn('FUNCTION_OUTDATED', {
    message: 'The function is of a version that cannot say which credentials work.',
    fix: 'Deploy the version of Keyturn that belongs to this command.',
  });
