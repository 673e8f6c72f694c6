import * as v from 'valibot';
import { LambdaError, noPolicy } from './lambda-error.ts';

const policyDocument = v.object({
  Version: v.string(),
  Statement: v.array(v.looseObject({ Sid: v.string() })),
});

/** Who may invoke a function beside its own account: the policy on the function itself. */
export type FunctionPolicy = v.InferOutput<typeof policyDocument>;

type Statement = FunctionPolicy['Statement'][number];

const text = v.pipe(v.string(), v.nonEmpty());
const permission = v.object({
  StatementId: text,
  Action: text,
  Principal: text,
  SourceAccount: v.optional(text),
  SourceArn: v.optional(text),
});

export type Permissions = ReturnType<typeof createPermissions>;

/** The policies of the functions, by ARN. A function without statements has none. */
export function createPermissions() {
  const statements = new Map<string, readonly Statement[]>();
  const statementsOf = (functionArn: string) => statements.get(functionArn) ?? [];

  function policyOf(functionArn: string): FunctionPolicy | undefined {
    const Statement = [...statementsOf(functionArn)];
    return Statement.length > 0 ? { Version: '2012-10-17', Statement } : undefined;
  }

  return {
    policyOf,
    /** As a template's deployment leaves it. `undefined`: the function has no policy. */
    deploy(functionArn: string, policy: unknown): void {
      if (policy === undefined) statements.delete(functionArn);
      else statements.set(functionArn, v.parse(policyDocument, policy).Statement);
    },
    add(functionArn: string, body: unknown): Statement {
      const parsed = v.safeParse(permission, body);
      if (!parsed.success) throw invalidPermission(v.getDotPath(parsed.issues[0]));
      const { StatementId: Sid } = parsed.output;
      if (statementsOf(functionArn).some((each) => each.Sid === Sid)) throw repeated(Sid);
      const statement = statementOf(functionArn, parsed.output);
      statements.set(functionArn, [...statementsOf(functionArn), statement]);
      return statement;
    },
    remove(functionArn: string, sid: string): void {
      const rest = statementsOf(functionArn).filter(({ Sid }) => Sid !== sid);
      if (rest.length === statementsOf(functionArn).length) throw noPolicy();
      statements.set(functionArn, rest);
    },
  };
}

function statementOf(
  functionArn: string,
  { StatementId, Action, Principal, SourceAccount, SourceArn }: v.InferOutput<typeof permission>,
): Statement {
  const Condition = {
    ...(SourceAccount && { StringEquals: { 'aws:SourceAccount': SourceAccount } }),
    ...(SourceArn && { ArnLike: { 'aws:SourceArn': SourceArn } }),
  };
  return {
    Sid: StatementId,
    Effect: 'Allow',
    Principal: principalOf(Principal),
    Action,
    Resource: functionArn,
    ...(Object.keys(Condition).length > 0 && { Condition }),
  };
}

/** A service by its name, an account by its number, or anybody. */
function principalOf(named: string) {
  if (named === '*') return '*';
  if (named.endsWith('.amazonaws.com')) return { Service: named };
  const account = /^\d{12}$/.test(named);
  return { AWS: account ? `arn:aws:iam::${named}:root` : named };
}

const invalidPermission = (member: string | null) =>
  new LambdaError(
    'InvalidParameterValueException',
    400,
    `The parameter ${member ?? 'of the request'} is missing or invalid.`,
  );

const repeated = (sid: string) =>
  new LambdaError(
    'ResourceConflictException',
    409,
    `The statement id (${sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
  );
