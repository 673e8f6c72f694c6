import {
  runSimulation,
  type RequestAnalysis,
  type RunSimulationResults,
} from '@cloud-copilot/iam-simulate';
import { localAccount } from '../aws-service.ts';
import type { ApiCall } from './api-call.ts';
import type { NamedPolicy } from './identity.ts';

/** Who calls, and what all policies say that have a say in it. */
export interface Request {
  /** The ARN of a role, or the name of a service of AWS's. */
  readonly principal: string;
  readonly call: ApiCall;
  readonly identityPolicies: readonly NamedPolicy[];
  readonly resourcePolicy?: unknown;
}

export interface Verdict {
  readonly allowed: boolean;
  /** The statements of identity policies that allow it, as `policy/Sid`. */
  readonly by: readonly string[];
  /** Why it is not allowed, where it is not. */
  readonly because: Because;
}

/** What a refusal goes back to: a statement that denies, or none that allows. */
export type Because =
  'identity denies' | 'resource denies' | 'identity allows not' | 'resource allows not';

/** Asks the evaluator. What it cannot judge, such as an action that it does not know, is not allowed. */
export const simulate = async (request: Request): Promise<Verdict> =>
  verdictOf(await evaluated(request));

/** Whether a policy on a secret is one: the evaluator reads it before it judges. */
export async function isWellFormed(resourcePolicy: unknown, resource: string): Promise<boolean> {
  const call = { action: 'secretsmanager:DescribeSecret', resource, context: {} };
  const principal = `arn:aws:iam::${localAccount}:user/local`;
  const result = await evaluated({ principal, call, identityPolicies: [], resourcePolicy });
  return result.resultType !== 'error';
}

function evaluated(request: Request): Promise<RunSimulationResults> {
  const { principal, call, identityPolicies, resourcePolicy } = request;
  return runSimulation(
    {
      request: {
        principal,
        action: call.action,
        resource: { resource: call.resource, accountId: accountOf(call.resource) },
        contextVariables: { ...ofPrincipal(principal), ...withPlaceholder(call.context) },
      },
      identityPolicies: identityPolicies.map(({ name, document }) => ({
        name,
        policy: withPlaceholders(document),
      })),
      resourcePolicy,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
}

/**
 * The global condition keys of whoever calls; a service of AWS's has none. Who has taken on a role is
 * that role by its PrincipalArn: "AWS global condition context keys", IAM User Guide.
 */
function ofPrincipal(principal: string): ApiCall['context'] {
  if (!principal.startsWith('arn:')) return {};
  const roleArn = principal.replace(/:sts:(.*):assumed-role\/(.+)\/[^/]+$/, ':iam:$1:role/$2');
  return { 'aws:PrincipalArn': roleArn, 'aws:PrincipalAccount': accountOf(principal) };
}

/** An ARN names the account that its resource belongs to, or none. */
export const accountOf = (resource: string) => resource.split(':')[4] || localAccount;

function verdictOf(result: RunSimulationResults): Verdict {
  if (result.resultType === 'error')
    return { allowed: false, by: [], because: 'identity allows not' };
  const analyses =
    result.resultType === 'single'
      ? [result.result.analysis]
      : result.results.map((r) => r.analysis);
  const allowing = analyses.flatMap(
    ({ identityAnalysis }) => identityAnalysis?.allowStatements ?? [],
  );
  return {
    allowed: result.overallResult === 'Allowed',
    by: allowing.map(({ policyId, statement }) => `${policyId}/${statement.sid()}`),
    because: reasonIn(analyses),
  };
}

type Analyses = readonly Pick<RequestAnalysis, 'identityAnalysis' | 'resourceAnalysis'>[];

function reasonIn(analyses: Analyses): Because {
  const denied = (by: keyof Analyses[number]) =>
    analyses.some(({ [by]: analysis }) => (analysis?.denyStatements ?? []).length > 0);
  if (denied('resourceAnalysis')) return 'resource denies';
  if (denied('identityAnalysis')) return 'identity denies';
  const allowed = analyses.some(
    ({ identityAnalysis }) => (identityAnalysis?.allowStatements ?? []).length > 0,
  );
  return allowed ? 'resource allows not' : 'identity allows not';
}

/**
 * The evaluator drops a condition key with a name of one's own in it unless a slash comes before
 * the name, and KMS has a colon there: under the name that its data has for all of them it is kept.
 */
const encryptionContext = /"kms:EncryptionContext:SecretARN"/g;
const placeholder = '"kms:EncryptionContext:${EncryptionContextKey}"';

function withPlaceholders(document: unknown): unknown {
  return JSON.parse(JSON.stringify(document).replace(encryptionContext, placeholder));
}

function withPlaceholder(context: ApiCall['context']): ApiCall['context'] {
  return JSON.parse(JSON.stringify(context).replace(encryptionContext, placeholder));
}
