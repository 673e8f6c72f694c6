import type { DeployedStack } from '../template/deployed-stack.ts';
import type { Role } from '../template/roles.ts';
import type { ApiCall } from './api-call.ts';
import { createLedger, type Denial, type IamReport } from './ledger.ts';
import { policiesOf, usualKeyPolicy, type PermittedFunction } from './policies.ts';
import { simulate } from './simulate.ts';

/** The account's policies: those of the deployed templates. Keeps account of what they were used for. */
export interface LocalIam {
  deploy(stack: DeployedStack): void;
  /** By its ARN, or the name at the end of that. */
  role(named: string): Role | undefined;
  function(functionArn: string): PermittedFunction | undefined;
  /** Answers the first of the calls that the role may not make. */
  refusedTo(role: Role, calls: readonly ApiCall[]): Promise<Denial | undefined>;
  /** Answers the call where a resource's own policy does not let the service make it. */
  refusedToService(service: string, call: ApiCall, policy: unknown): Promise<Denial | undefined>;
  report(): IamReport;
}

export function createIam(): LocalIam {
  const roles = new Map<string, Role>();
  const functions = new Map<string, PermittedFunction>();
  const ledger = createLedger();

  return {
    deploy(stack) {
      const policies = policiesOf(stack);
      for (const role of policies.roles) roles.set(nameIn(role.arn), role);
      for (const each of policies.functions) functions.set(each.arn, each);
    },
    role: (named) => roles.get(nameIn(named)),
    function: (functionArn) => functions.get(functionArn),

    async refusedTo(role, calls) {
      for (const call of calls) {
        const { allowed, by } = await simulate({
          principal: role.arn,
          call,
          identityPolicies: role.policies,
          ...(call.action.startsWith('kms:') && { resourcePolicy: usualKeyPolicy }),
        });
        if (!allowed) return ledger.denied(role.arn, call);
        ledger.allowed(role, call, by);
      }
      return undefined;
    },

    async refusedToService(service, call, policy) {
      const request = { principal: service, call, identityPolicies: [], resourcePolicy: policy };
      const allowed = policy !== undefined && (await simulate(request)).allowed;
      return allowed ? undefined : ledger.denied(service, call);
    },

    report: () => ledger.report([...roles.values()]),
  };
}

const nameIn = (roleArn: string) => roleArn.split('/').at(-1) ?? roleArn;
