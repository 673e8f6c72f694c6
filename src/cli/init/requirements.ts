import * as v from 'valibot';
import type { Plan } from '../../rotation/plan.ts';
import type { Rotator } from '../../rotation/rotator.ts';
import type { JsonValue } from '../../rotation/secret-document.ts';
import { isPrintable } from '../printable.ts';
import { requiredBy, rotatorsWithout } from './configured.ts';

/** What a value must be for its rotator, in the words of a message. */
export interface Requirement {
  readonly code: 'KEY_NOT_TEXT' | 'KEY_UNUSABLE';
  /** Follows "must be". */
  readonly what: string;
  readonly holds: (value: JsonValue) => boolean;
}

/** What each key must be for the rotators of this plan, where some keys are left out. */
export function requirementsOf(
  plan: Plan,
  without: readonly string[],
): ReadonlyMap<string, readonly Requirement[]> {
  const requirements = rotatorsWithout(plan, without).flatMap((rotator) => [
    ...requiredBy(rotator).map((key) => [key, [text]] as const),
    ...ownRules(rotator),
  ]);
  return new Map(requirements);
}

/** What is wrong with a value somebody typed, without quoting it; `undefined` takes it. */
export function problemWithTyped(
  answer: string,
  requirements: readonly Requirement[] = [],
): string | undefined {
  const failed = [text, ...requirements].find(({ holds }) => !holds(answer));
  if (failed) return `It must be ${failed.what}.`;
  if (answer.includes('\uFFFD')) return `Not all of it is text in UTF-8. ${orFile}`;
  if (answer.trim() !== answer) return `It begins or ends with white space. ${orFile}`;
  return isPrintable(answer) ? undefined : `It holds control characters. ${orFile}`;
}

const orFile = 'If that is meant, give it in a file (--from-file).';

const text: Requirement = {
  code: 'KEY_NOT_TEXT',
  what: 'a text that is not empty',
  holds: (value) => typeof value === 'string' && value !== '',
};

/** The rules by which the rotators refuse a value, of those that can be told without their systems. */
function ownRules(rotator: Rotator): (readonly [key: string, readonly Requirement[]])[] {
  switch (rotator.kind) {
    case 'twilio-auth-token':
      return [
        ...rotator.reads.map((key) => [key, [text, accountSid]] as const),
        [rotator.key, [text, authToken]],
      ];
    case 'random-key':
      return rotator.optional.map((key) => [key, [listOfTexts]]);
    default:
      return [];
  }
}

const shaped = (pattern: RegExp, what: string): Requirement => ({
  code: 'KEY_UNUSABLE',
  what,
  holds: (value) => typeof value === 'string' && pattern.test(value),
});

const accountSid = shaped(
  /^AC[0-9a-fA-F]{32}$/,
  'a Twilio account SID, which is "AC" and 32 hexadecimal digits',
);

const authToken = shaped(
  /^[0-9a-fA-F]{32}$/,
  'a Twilio auth token, which is 32 hexadecimal digits',
);

const listOfTexts: Requirement = {
  code: 'KEY_UNUSABLE',
  what: 'a JSON list of texts, the earlier keys',
  holds: (value) => v.is(v.array(v.string()), value),
};
