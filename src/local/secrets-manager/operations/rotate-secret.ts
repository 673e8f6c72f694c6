import * as v from 'valibot';
import type { Account } from '../account.ts';
import { functionNotInvocable, noRotationFunction, previousRotationIncomplete } from '../errors.ts';
import { incompleteRotation } from '../labels.ts';
import { findLiveSecret } from '../lookup.ts';
import { operation } from '../operation.ts';
import { checkRules } from '../schedule.ts';
import type { Secret } from '../secret.ts';
import * as input from '../validation.ts';
import { requiredToken } from './secret-value.ts';

const rotateRequest = v.object({
  SecretId: input.secretId,
  ClientRequestToken: v.optional(input.token),
  RotationLambdaARN: v.optional(input.text(0, 2048)),
  RotationRules: v.optional(
    v.object({
      AutomaticallyAfterDays: v.optional(input.integer(1, 1000)),
      Duration: v.optional(input.matching(2, 3, /[0-9]+h/)),
      ScheduleExpression: v.optional(input.matching(1, 256, /[0-9A-Za-z()#?*\-/, ]+/)),
    }),
  ),
  RotateImmediately: v.optional(v.boolean(), true),
});

/** Turns rotation on and answers at once; the function is invoked afterwards. */
export const rotateSecret = operation(rotateRequest, async (account, members) => {
  const secret = findLiveSecret(account, members.SecretId);
  const token = requiredToken(members.ClientRequestToken, 'InvalidParameterException');
  const functionArn = await invocableFunction(account, secret, members.RotationLambdaARN);
  checkRules(members.RotationRules ?? {});

  const answer = { ARN: secret.arn, Name: secret.name, VersionId: token };
  // The same request again, as a client sends it that has lost the answer.
  if (secret.versions.has(token) && !isWaiting(account, secret, token)) return answer;
  refuseDuringRotation(account, secret);

  const rules = members.RotationRules ?? secret.rotation.rules;
  Object.assign(secret.rotation, { enabled: true, functionArn, ...(rules && { rules }) });
  secret.lastChangedDate = account.clock.now();
  account.timetable.arm(secret, account.clock.now());
  if (members.RotateImmediately) account.rotations.start(secret, token);
  else account.rotations.test(secret, token);
  return answer;
});

const cancelRequest = v.object({ SecretId: input.secretId });

/** Turns rotation off. AWSPENDING stays where it is, and the answer says on which version. */
export const cancelRotateSecret = operation(cancelRequest, (account, { SecretId }) => {
  const secret = findLiveSecret(account, SecretId);
  if (!secret.rotation.functionArn) throw noRotationFunction();

  account.rotations.stop(secret);
  account.timetable.disarm(secret);
  secret.rotation.enabled = false;
  secret.lastChangedDate = account.clock.now();
  return { ARN: secret.arn, Name: secret.name, VersionId: incompleteRotation(secret) };
});

async function invocableFunction(
  { functions }: Account,
  secret: Secret,
  named: string | undefined,
): Promise<string> {
  const functionArn = named || secret.rotation.functionArn;
  if (!functionArn) throw noRotationFunction();
  const invocable =
    functions.has(functionArn) && ((await functions.mayInvoke?.(functionArn, secret.arn)) ?? true);
  if (!invocable) throw functionNotInvocable();
  return functionArn;
}

/** Its rotation is incomplete, and nothing is being done about it. */
function isWaiting(account: Account, secret: Secret, token: string): boolean {
  return incompleteRotation(secret) === token && !account.rotations.underWay(secret);
}

function refuseDuringRotation(account: Account, secret: Secret): void {
  if (incompleteRotation(secret) === undefined && !account.rotations.underWay(secret)) return;
  account.rotations.reattempt(secret);
  throw previousRotationIncomplete();
}
