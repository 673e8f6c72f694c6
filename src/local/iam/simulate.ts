import { runSimulation, type RunSimulationResults } from '@cloud-copilot/iam-simulate';
import { localAccount } from '../aws-service.ts';
import type { PolicyDocument } from '../template/roles.ts';
import type { ApiCall } from './api-call.ts';

/** Who calls, and what all policies say that have a say in it. */
export interface Request {
  /** The ARN of a role, or the name of a service of AWS's. */
  readonly principal: string;
  readonly call: ApiCall;
  readonly identityPolicies: readonly {
    readonly name: string;
    readonly document: PolicyDocument;
  }[];
  readonly resourcePolicy?: unknown;
}

export interface Verdict {
  readonly allowed: boolean;
  /** The statements of identity policies that allow it, as `policy/Sid`. */
  readonly by: readonly string[];
}

/** Asks the evaluator. What it cannot judge, such as an action that it does not know, is not allowed. */
export async function simulate(request: Request): Promise<Verdict> {
  const { principal, call, identityPolicies, resourcePolicy } = request;
  const result = await runSimulation(
    {
      request: {
        principal,
        action: call.action,
        resource: { resource: call.resource, accountId: localAccount },
        contextVariables: { ...withPlaceholder(call.context) },
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
  return verdictOf(result);
}

function verdictOf(result: RunSimulationResults): Verdict {
  if (result.resultType === 'error') return { allowed: false, by: [] };
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
  };
}

/**
 * The evaluator drops a condition key with a name of one's own in it unless a slash comes before
 * the name, and KMS has a colon there: under the name that its data has for all of them it is kept.
 */
const encryptionContext = /"kms:EncryptionContext:SecretARN"/g;
const placeholder = '"kms:EncryptionContext:${EncryptionContextKey}"';

function withPlaceholders(document: PolicyDocument): unknown {
  return JSON.parse(JSON.stringify(document).replace(encryptionContext, placeholder));
}

function withPlaceholder(context: ApiCall['context']): ApiCall['context'] {
  return JSON.parse(JSON.stringify(context).replace(encryptionContext, placeholder));
}
