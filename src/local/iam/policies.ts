import * as v from 'valibot';
import { localAccount } from '../aws-service.ts';
import { rolesIn, type Role } from '../template/roles.ts';
import type { DeployedStack } from '../template/deployed-stack.ts';

/** A function, the role it runs as, and who beside that role's friends may invoke it. */
export interface PermittedFunction {
  readonly arn: string;
  readonly name: string;
  readonly role: Role;
  readonly inVpc: boolean;
  readonly resourcePolicy: unknown;
}

/** What the account's IAM knows of one deployed template. */
export interface StackPolicies {
  readonly roles: readonly Role[];
  readonly functions: readonly PermittedFunction[];
}

export function policiesOf(stack: DeployedStack): StackPolicies {
  const roles = rolesIn(stack);
  const functions = stack.resources
    .filter(({ type }) => type === 'AWS::Serverless::Function')
    .map(({ logicalId, properties }) => functionIn(stack, roles, { logicalId, properties }));
  return { roles, functions };
}

const functionProperties = v.looseObject({ FunctionName: v.string(), Role: v.string() });

function functionIn(
  stack: DeployedStack,
  roles: readonly Role[],
  { logicalId, properties }: { readonly logicalId: string; readonly properties: unknown },
): PermittedFunction {
  const { FunctionName: name, Role: roleArn } = v.parse(functionProperties, properties);
  const role = roles.find(({ arn }) => arn === roleArn);
  if (!role)
    throw new Error(`The function ${logicalId} runs as a role that is not in the template.`);
  return {
    arn: String(stack.ids[`${logicalId}.Arn`]),
    name,
    role,
    inVpc: 'VpcConfig' in stack.functionGlobals,
    resourcePolicy: resourcePolicyOf(stack, logicalId),
  };
}

const permission = v.strictObject({
  FunctionName: v.string(),
  Action: v.string(),
  Principal: v.string(),
  SourceAccount: v.optional(v.string()),
  SourceArn: v.optional(v.string()),
});

/** The policy that Lambda makes of a function's permissions. */
function resourcePolicyOf({ resources, ids }: DeployedStack, logicalId: string): unknown {
  const permissions = resources
    .filter(({ type }) => type === 'AWS::Lambda::Permission')
    .map(({ logicalId: Sid, properties }) => ({ Sid, ...v.parse(permission, properties) }))
    .filter(({ FunctionName }) => [ids[logicalId], ids[`${logicalId}.Arn`]].includes(FunctionName));
  if (permissions.length === 0) return undefined;
  return {
    Version: '2012-10-17',
    Statement: permissions.map(({ Sid, Action, Principal, SourceAccount, SourceArn }) => ({
      Sid,
      Effect: 'Allow',
      Principal: { Service: Principal },
      Action,
      Resource: ids[`${logicalId}.Arn`],
      Condition: {
        ...(SourceAccount && { StringEquals: { 'aws:SourceAccount': SourceAccount } }),
        ...(SourceArn && { ArnLike: { 'aws:SourceArn': SourceArn } }),
      },
    })),
  };
}

/** Leaves it to the account's own policies who may use a key, as key policies commonly do. */
export const usualKeyPolicy = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Account',
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${localAccount}:root` },
      Action: 'kms:*',
      Resource: '*',
    },
  ],
};
