import { pendingOf } from '../described-secret.ts';
import type { FoundSecret } from '../find-secret.ts';
import { functionNameOf } from '../function-name.ts';
import type { BegunRotation } from './begin-rotation.ts';
import type { RotateOptions } from './rotate.ts';
import type { RotationDocument } from './rotate-now.ts';
import { timeText } from './wording.ts';

/** How a secret stands before it is rotated, and what that will mean. */
export function introduction(secret: FoundSecret, { compromised }: RotateOptions): string {
  const { name, functionArn, versionAt, rotationEnabled } = secret;
  const pending = pendingOf(secret);
  return (
    `${name}, rotated by ${functionNameOf(functionArn)}\n` +
    `  AWSCURRENT   ${versionAt('AWSCURRENT') ?? 'none'}\n` +
    (pending ? `  AWSPENDING   ${pending}\n` : '') +
    (rotationEnabled ? '' : 'Rotation is switched off for it. To rotate switches it on again.\n') +
    (compromised.length > 0 ? warning(compromised) : '')
  );
}

const warning = (keys: readonly string[]) =>
  `What ${keys.join(', ')} ${keys.length === 1 ? 'holds' : 'hold'} now ends with this rotation, without a ` +
  'grace:\nwhatever still uses it stops working at once, and what was signed with it ends as\n' +
  'applications read the new value. Restart those that read it only at their start.\n';

export const question = ({ compromised }: RotateOptions): string =>
  compromised.length > 0
    ? `Rotate it now, and end what ${compromised.join(', ')} held?`
    : 'Rotate it now?';

export const beginning = ({ name }: FoundSecret, { token, how }: BegunRotation): string =>
  how === 'now'
    ? `Secrets Manager rotates ${name}; the new version is ${token}.\n`
    : `A rotation of ${name} is pending already: Secrets Manager tries that one again, and begins no ` +
      `other.\nIts version is ${token}.\n`;

/** What happened, for a person. */
export function sentences(document: RotationDocument): string {
  const { secret, outcome, versionId } = document;
  if (outcome !== 'rotated') {
    return `The rotation of ${secret} to ${versionId} is under way. See how it stands: keyturn status ${secret}\n`;
  }
  return (
    standingText(document) +
    attemptsText(document) +
    gapText(document) +
    remainderText(document) +
    endedText(document)
  );
}

const standingText = ({ secret, versionId, from, supersededBy }: RotationDocument) =>
  supersededBy === undefined
    ? `${secret} is rotated: ${versionId} is current, ${from ?? 'nothing'} was before.\n`
    : `${secret} was rotated: ${versionId} was current, and is superseded by ${supersededBy}.\n`;

/** What was replaced before this ran, as by a switch, is not among what it ended. */
const endedText = ({ secret, compromised, revoked = [], supersededBy }: RotationDocument) =>
  compromised
    ? `What ${compromised.join(', ')} held before is replaced, and the new version keeps nothing of it.\n` +
      (revoked.length > 0 ? `Ended at its system: ${revoked.join(', ')}.\n` : '') +
      (compromised.every((key) => revoked.includes(key)) ? '' : judgedByApplications)
    : wayBackText(secret, supersededBy);

const judgedByApplications =
  'What only applications judge, such as a key that signs, ends as each of them reads the new value:\n' +
  'with the default TTL five minutes later at most.\n';

/** Not every credential has a grace: what rotates it tells, and so does the function when it is asked. */
const wayBackText = (name: string, supersededBy: string | undefined) =>
  supersededBy === undefined
    ? `Superseded credentials that have a grace work until it is over: keyturn status ${name}\n` +
      `tells when. As long as they work, keyturn rollback ${name} takes the rotation back.\n`
    : '';

const attemptsText = ({ attempts = [] }: RotationDocument) =>
  attempts.length > 1 ? `It took ${attempts.length} attempts.\n` : '';

const gapText = ({ switchGapMs }: RotationDocument) =>
  switchGapMs === undefined
    ? ''
    : `While it switched, the published value did not work for ${timeText(switchGapMs)}.\n`;

/** After the commit nothing is taken back: later runs make up for it. */
function remainderText({ attempts = [] }: RotationDocument): string {
  const last = attempts.at(-1)?.at(-1);
  return last?.status === 'failed'
    ? `Its last step failed after that [${last.code ?? 'UNEXPECTED'}]: Secrets Manager, or the next run of the ` +
        'reconcile function, makes up for it.\n'
    : '';
}
