import * as v from 'valibot';
import type { DeployedStack } from '../template/deployed-stack.ts';

/** What Lambda tells of a function. */
export type FunctionConfiguration = Readonly<Record<string, unknown>>;

const functionProperties = v.looseObject({
  FunctionName: v.string(),
  Description: v.string(),
  Handler: v.string(),
  Role: v.string(),
  LoggingConfig: v.object({ LogFormat: v.string(), LogGroup: v.string() }),
});

const common = v.looseObject({
  Runtime: v.string(),
  Architectures: v.array(v.string()),
  Timeout: v.pipe(v.union([v.number(), v.string()]), v.transform(Number)),
  MemorySize: v.number(),
  VpcConfig: v.optional(
    v.object({
      SubnetIds: v.union([v.string(), v.array(v.string())]),
      SecurityGroupIds: v.union([v.string(), v.array(v.string())]),
    }),
  ),
});

interface Deployed {
  /** What the functions run with. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly at: Date;
}

/** The functions of a deployed template as Lambda has them, by ARN. */
export function configurationsIn(
  { resources, ids, functionGlobals }: DeployedStack,
  { variables, at }: Deployed,
): ReadonlyMap<string, FunctionConfiguration> {
  const { Runtime, Architectures, Timeout, MemorySize, VpcConfig } = v.parse(
    common,
    functionGlobals,
  );
  const functions = resources.filter(({ type }) => type === 'AWS::Serverless::Function');
  const shared = {
    Runtime,
    Architectures,
    Timeout,
    MemorySize,
    Environment: { Variables: variables },
    ...(VpcConfig && { VpcConfig: networkOf(VpcConfig) }),
    // Lambda's own form of a time.
    LastModified: at.toISOString().replace('Z', '+0000'),
    ...settled,
  };
  return new Map(
    functions.map(({ logicalId, properties }) => {
      const own = v.parse(functionProperties, properties);
      const { FunctionName, Description, Handler, Role, LoggingConfig } = own;
      const FunctionArn = String(ids[`${logicalId}.Arn`]);
      const named = { FunctionName, FunctionArn, Description, Handler, Role, LoggingConfig };
      return [FunctionArn, { ...named, ...shared, RevisionId: crypto.randomUUID() }] as const;
    }),
  );
}

/** Of a function that was deployed, and is ready. */
const settled = {
  Version: '$LATEST',
  PackageType: 'Zip',
  State: 'Active',
  LastUpdateStatus: 'Successful',
  TracingConfig: { Mode: 'PassThrough' },
  EphemeralStorage: { Size: 512 },
};

const networkOf = ({ SubnetIds, SecurityGroupIds }: Record<string, string | string[]>) => ({
  SubnetIds: membersOf(SubnetIds),
  SecurityGroupIds: membersOf(SecurityGroupIds),
});

/** A list of a template's parameter is one text, with commas. */
const membersOf = (list: string | readonly string[] = []) =>
  [list].flat().flatMap((each) => each.split(','));
