import type { DeployedStack } from '../template/deployed-stack.ts';
import type { Role } from '../template/roles.ts';
import type { ApiCall } from './api-call.ts';
import { isUnrestricted, owner, unrestricted, type Identity } from './identity.ts';
import { createLedger, type IamReport, type Refusal } from './ledger.ts';
import { policiesOf, usualKeyPolicy, type PermittedFunction } from './policies.ts';
import { localAccount } from '../aws-service.ts';
import { allowsService, refusalOf } from './service-calls.ts';
import { accountOf, simulate } from './simulate.ts';
import { createUsers, type Users } from './users.ts';

/** The account's policies, those of the deployed templates first. Keeps account of what they were used for. */
export interface LocalIam {
  deploy(stack: DeployedStack): void;
  /** By its ARN, or the name at the end of that. */
  role(named: string): Role | undefined;
  function(functionArn: string): PermittedFunction | undefined;
  /** Those that were made by requests. */
  readonly users: Users;
  /** Whose access key it is. One that is nobody's is the owner's. */
  identityOf(accessKeyId: string): Identity;
  /** Answers the first of the calls that it may not make. */
  refusedTo(identity: Identity, calls: readonly ApiCall[]): Promise<Refusal | undefined>;
  /** Answers the call where a resource's own policy does not let the service make it. */
  refusedToService(service: string, call: ApiCall, policy: unknown): Promise<Refusal | undefined>;
  /** Takes it down that the service may not make the call, and answers why. */
  denied(service: string, call: ApiCall): Refusal;
  report(): IamReport;
}

/** `holdsRoles`: whether a role may do what its policies say, and no more. */
export function createIam({ holdsRoles = true } = {}): LocalIam {
  const users = createUsers();
  const roles = new Map<string, Role>();
  const functions = new Map<string, PermittedFunction>();
  const ledger = createLedger();

  function denied(service: string, call: ApiCall): Refusal {
    ledger.denied(service, call);
    return refusalOf(service, call);
  }

  return {
    deploy(stack) {
      const policies = policiesOf(stack);
      for (const role of policies.roles) roles.set(nameIn(role.arn), role);
      for (const each of policies.functions) functions.set(each.arn, each);
    },
    role: (named) => roles.get(nameIn(named)),
    function: (functionArn) => functions.get(functionArn),

    users,
    identityOf(accessKeyId) {
      const role = roles.get(accessKeyId);
      if (role) return holdsRoles ? role : unrestricted(role);
      return users.withKey(accessKeyId) ?? owner;
    },

    async refusedTo(identity, calls) {
      const role = roles.get(nameIn(identity.arn));
      for (const call of calls) {
        const { allowed, by, because } = await judged(identity, call);
        const denial = { principal: identity.arn, action: call.action, resource: call.resource };
        // What a policy of somebody's making refuses is no fault of the template.
        if (!allowed && role && because === 'identity allows not') ledger.denied(role.arn, call);
        if (!allowed) return { ...denial, because };
        if (role) ledger.allowed(role, call, by);
      }
      return undefined;
    },

    refusedToService: async (service, call, policy) =>
      (await allowsService(service, call, policy)) ? undefined : denied(service, call),
    denied,

    report: () => ledger.report([...roles.values()]),
  };
}

const nameIn = (roleArn: string) => roleArn.split('/').at(-1) ?? roleArn;

/** The owner needs no evaluation where only an account's own policies have a say. */
async function judged(identity: Identity, call: ApiCall): ReturnType<typeof simulate> {
  const isKey = call.action.startsWith('kms:');
  const resourcePolicy = call.resourcePolicy ?? (isKey ? usualKeyPolicy : undefined);
  const ownAccount = accountOf(call.resource) === localAccount;
  if (isUnrestricted(identity) && call.resourcePolicy === undefined && ownAccount) return free;
  const { arn: principal, policies: identityPolicies } = identity;
  return simulate({ principal, call, identityPolicies, resourcePolicy });
}

const free = { allowed: true, by: [], because: 'identity allows not' } as const;
