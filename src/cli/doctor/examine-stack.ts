import type { DescribeSecretResponse } from '@aws-sdk/client-secrets-manager';
import { examineAlarms } from './checks/alarms.ts';
import { examineDailyRun } from './checks/daily-run.ts';
import { examineFunction } from './checks/function.ts';
import { examinePermission } from './checks/invoke-permission.ts';
import { stackNamesOf } from './checks/stack-names.ts';
import { examineSubscribers } from './checks/subscribers.ts';
import { examineSystems } from './checks/systems.ts';
import type { Caller } from './clients.ts';
import type { Finding } from './finding.ts';
import { skipped } from './findings.ts';

interface Rotated {
  readonly secretArn: string;
  readonly description: DescribeSecretResponse;
  readonly caller: Caller;
}

interface Stack extends Omit<Rotated, 'description'> {
  readonly functionArn: string;
}

const functionChecks = ['permission', 'systems'] as const;
const driftChecks = ['daily-run', 'alarms', 'subscribers'] as const;

/** Checks that need a rotation function. */
export const stackChecks = ['function', ...functionChecks, ...driftChecks] as const;

/** The function, the systems behind it, and what the template put around them. */
export async function examineStack(rotated: Rotated): Promise<readonly Finding[]> {
  const { RotationLambdaARN: functionArn, Name: name = '' } = rotated.description;
  if (!functionArn) return skipped(stackChecks, 'No function rotates the secret.');
  const stack = { ...rotated, functionArn };
  const { findings, found } = await examineFunction({ ...stack, name });
  const [use, drift] = await Promise.all([
    found ? examineUse(stack) : skipped(functionChecks, 'There is no function to ask.'),
    examineDrift(stack, found?.variables ?? {}),
  ]);
  return [...findings, ...use, ...drift];
}

async function examineUse(stack: Stack): Promise<readonly Finding[]> {
  const [permission, systems] = await Promise.all([
    examinePermission(stack),
    examineSystems(stack),
  ]);
  return [permission, ...systems];
}

/** What is no longer as the template made it. */
async function examineDrift(
  { functionArn, secretArn, caller }: Stack,
  variables: Readonly<Record<string, string>>,
): Promise<readonly Finding[]> {
  const stack = stackNamesOf(functionArn, variables);
  if (!stack)
    return skipped(driftChecks, "The function's name is not one that the template gives.");
  const [daily, alarms] = await Promise.all([
    examineDailyRun({ stack, secretArn, caller }),
    examineAlarms(stack.stackName, caller),
  ]);
  const topics = alarms.found ?? [];
  const subscribers =
    topics.length > 0
      ? await Promise.all(topics.map((topic) => examineSubscribers(topic, caller)))
      : skipped(['subscribers'], 'No topic is known.');
  return [daily, ...alarms.findings, ...subscribers];
}
