import { localAccount } from '../aws-service.ts';
import type { InvocableFunctions, LocalFunction, LocalFunctions } from '../functions.ts';
import type { Role } from '../template/roles.ts';
import { sentence } from './access-denied.ts';
import type { ApiCall } from './api-call.ts';
import type { LocalIam } from './create-iam.ts';
import { impliedByRunning } from './implied-calls.ts';
import type { Refusal } from './ledger.ts';
import { allowsService, refusalOf } from './service-calls.ts';

/** Whether a service may make a call as a role that it was handed. */
export type ActAs = (
  roleArn: string,
  call: Pick<ApiCall, 'action' | 'resource'>,
  /** What it acts for, such as a group of schedules. */
  sourceArn?: string,
) => Promise<boolean>;

/** As EventBridge Scheduler does for its targets, or Lambda for a function's failures. */
export const acting =
  (iam: LocalIam, service: string): ActAs =>
  async (roleArn, { action, resource }, sourceArn) => {
    const role = iam.role(roleArn);
    if (!role || (await refusedRole(iam, role, { service, sourceArn }))) return false;
    return (await iam.refusedTo(role, [{ action, resource, context: {} }])) === undefined;
  };

/** Whether Lambda may put what a function failed at into its queue: as the function's role. */
export const sendingForFunctions =
  (iam: LocalIam) =>
  async (functionArn: string, queueArn: string): Promise<boolean> => {
    const { role } = iam.function(functionArn) ?? {};
    const send = { action: 'sqs:SendMessage', resource: queueArn };
    return role !== undefined && acting(iam, 'lambda.amazonaws.com')(role.arn, send);
  };

/** The functions as Secrets Manager invokes them: where their own policy, as it is now, lets it. */
export function invocableBySecretsManager(
  iam: LocalIam,
  functions: LocalFunctions,
  policyOf: (functionArn: string) => unknown = (arn) => iam.function(arn)?.resourcePolicy,
): InvocableFunctions {
  const refused = (functionArn: string, secretArn: string) => {
    const declared = iam.function(functionArn)?.resourcePolicy;
    return refusedInvocation(iam, { functionArn, secretArn }, [policyOf(functionArn), declared]);
  };
  return {
    has: (functionArn) => functions.has(functionArn),
    mayInvoke: async (functionArn, secretArn) =>
      (await refused(functionArn, secretArn)) === undefined,
    get(functionArn) {
      const run = functions.get(functionArn);
      if (!run) return undefined;
      return async (event) => {
        const refusal = await refused(functionArn, String(Object(event).SecretId));
        if (refusal) throw new AccessDenied(refusal);
        return run(event);
      };
    },
  };
}

/** What the declared policy allows and the present one does not is nothing that a template lacks. */
async function refusedInvocation(
  iam: LocalIam,
  { functionArn, secretArn }: { readonly functionArn: string; readonly secretArn: string },
  [present, declared]: readonly unknown[],
): Promise<Refusal | undefined> {
  const service = 'secretsmanager.amazonaws.com';
  const action = 'lambda:InvokeFunction';
  const context = { ...source, 'aws:SourceArn': secretArn };
  const call = { action, resource: functionArn, context };
  if (await allowsService(service, call, present)) return undefined;
  if (await allowsService(service, call, declared)) return refusalOf(service, call);
  return iam.denied(service, call);
}

/** A function as Lambda runs it: as its role, and writing its log. */
export function runByLambda(iam: LocalIam, functionArn: string, run: LocalFunction): LocalFunction {
  const known = iam.function(functionArn);
  if (!known) return run;
  return async (event) => {
    const { role } = known;
    const refused = await refusedRole(iam, role, { service: 'lambda.amazonaws.com' });
    if (refused) throw new AccessDenied(refused);
    // Where it may not log, it runs all the same, as on AWS.
    for (const call of impliedByRunning(known)) await iam.refusedTo(role, [call]);
    return run(event);
  };
}

class AccessDenied extends Error {
  constructor(refusal: Refusal) {
    super(sentence(refusal));
    this.name = 'AccessDeniedException';
  }
}

const source = { 'aws:SourceAccount': localAccount };

interface Actor {
  readonly service: string;
  readonly sourceArn?: string | undefined;
}

function refusedRole(iam: LocalIam, role: Role, { service, sourceArn }: Actor) {
  const call = {
    action: 'sts:AssumeRole',
    resource: role.arn,
    context: { ...source, ...(sourceArn && { 'aws:SourceArn': sourceArn }) },
  };
  return iam.refusedToService(service, call, role.trust);
}
