import { GetPolicyCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { secretArnIn } from '../aws-arn.ts';
import { asking, type Caller } from '../clients.ts';
import { findingsOf, type Finding, notVisible } from '../finding.ts';
import { fits, isAimedAt, policyDocument, type Statement } from './invoke-statement.ts';
import { putBack } from './put-back.ts';
import { isNotFound } from './reason.ts';

interface Wanted {
  readonly functionArn: string;
  readonly secretArn: string;
  readonly caller: Caller;
}

const { ok, warn, fail } = findingsOf('permission');

/** Whether the function's own policy lets Secrets Manager invoke it, for this secret. */
export async function examinePermission(wanted: Wanted): Promise<Finding> {
  try {
    const { Policy = '' } = await asking(
      (config) => new LambdaClient(config),
      wanted.caller,
      (client, abort) =>
        client.send(new GetPolicyCommand({ FunctionName: wanted.functionArn }), abort),
    );
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), policyDocument), Policy);
    if (!parsed.success) return unusual();
    return judged(wanted, parsed.output.Statement);
  } catch (error) {
    if (isNotFound(error)) return gone(wanted);
    return notVisible('permission', "The function's policy", error);
  }
}

function judged(wanted: Wanted, statements: readonly Statement[]): Finding {
  const { secretArn } = wanted;
  const account = secretArnIn(secretArn)?.account ?? '';
  const aimed = statements.filter(isAimedAt('secretsmanager.amazonaws.com'));
  const [allowing, denying] = [
    aimed.filter(({ Effect }) => Effect === 'Allow'),
    aimed.filter(({ Effect }) => Effect === 'Deny'),
  ];
  if (allowing.length === 0) return gone(wanted);
  const source = { account, arn: secretArn };
  const fitting = allowing.filter((statement) => fits(statement, source));
  if (fitting.length === 0 || denying.some((statement) => fits(statement, source))) {
    return misfit(wanted);
  }
  const isNarrow = fitting.some(({ Condition }) => Object.keys(Condition ?? {}).length > 0);
  if (isNarrow) return ok('Secrets Manager may invoke it for this secret.');
  return loose(wanted, fitting[0]?.Sid);
}

const addPermission = ({ functionArn, secretArn }: Wanted) =>
  `aws lambda add-permission --function-name ${functionArn} --statement-id ` +
  'rotation-of-one --action lambda:InvokeFunction --principal secretsmanager.amazonaws.com --source-account ' +
  `${secretArnIn(secretArn)?.account ?? ''} --source-arn ${secretArn}`;

const gone = (wanted: Wanted) =>
  fail('INVOKE_PERMISSION_GONE', {
    message: "The function's policy does not let Secrets Manager invoke it: no rotation can run.",
    fix: `${addPermission(wanted)}\n${putBack}`,
  });

const misfit = (wanted: Wanted) =>
  fail('INVOKE_PERMISSION_MISFIT', {
    message: "The function's policy lets Secrets Manager invoke it, but not for this secret.",
    fix: `Its conditions name another account or secret. This adds the right ones:\n${addPermission(wanted)}\n${putBack}`,
  });

const unusual = () =>
  warn('NOT_VISIBLE', {
    message: "The function's policy could not be understood: it is unusual.",
    fix: `Look at it with aws lambda get-policy: secretsmanager.amazonaws.com must be let in.`,
  });

const loose = (wanted: Wanted, statementId = '<its Sid>') =>
  warn('INVOKE_PERMISSION_LOOSE', {
    message: "The function's policy lets Secrets Manager invoke it for any account's secret.",
    fix:
      `First add a narrow one:\n${addPermission(wanted)}\nThen take the other away:\naws lambda ` +
      `remove-permission --function-name ${wanted.functionArn} --statement-id ${statementId}`,
  });
