import * as v from 'valibot';
import type { DeployedStack } from './deployed-stack.ts';

const statement = v.looseObject({
  Sid: v.string(),
  Effect: v.literal('Allow'),
  Action: v.union([v.string(), v.array(v.string())]),
  Resource: v.union([v.string(), v.array(v.string())]),
});
const document = v.looseObject({ Statement: v.array(statement) });

export type PolicyDocument = v.InferOutput<typeof document>;

/** What may be done by whoever is the role. */
export interface Role {
  readonly logicalId: string;
  readonly arn: string;
  /** Who may take it on. */
  readonly trust: unknown;
  readonly policies: readonly { readonly name: string; readonly document: PolicyDocument }[];
}

const roleProperties = v.strictObject({
  AssumeRolePolicyDocument: v.unknown(),
  Policies: v.array(v.strictObject({ PolicyName: v.string(), PolicyDocument: document })),
});

/**
 * The roles of a deployed template, and one for the application: all it has is the managed policy
 * that the template makes for it. Throws where a role has anything beside policies of its own, or
 * a statement without a name.
 */
export function rolesIn(stack: DeployedStack): readonly Role[] {
  return stack.resources.flatMap(({ logicalId, type, properties }) => {
    if (type === 'AWS::IAM::Role') return [roleOf(stack, logicalId, properties)];
    if (type === 'AWS::IAM::ManagedPolicy') return [applicationRole(stack, logicalId, properties)];
    return [];
  });
}

function roleOf({ ids }: DeployedStack, logicalId: string, properties: unknown): Role {
  const { AssumeRolePolicyDocument, Policies } = v.parse(roleProperties, properties);
  return {
    logicalId,
    arn: String(ids[`${logicalId}.Arn`]),
    trust: AssumeRolePolicyDocument,
    policies: Policies.map(({ PolicyName: name, PolicyDocument }) => ({
      name,
      document: PolicyDocument,
    })),
  };
}

function applicationRole({ ids }: DeployedStack, logicalId: string, properties: unknown): Role {
  const { PolicyDocument } = v.parse(v.looseObject({ PolicyDocument: document }), properties);
  return {
    logicalId,
    arn: String(ids[logicalId]).replace(':policy/', ':role/'),
    trust: undefined,
    policies: [{ name: logicalId, document: PolicyDocument }],
  };
}
