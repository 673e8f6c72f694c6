import {
  type FunctionConfiguration,
  GetFunctionConfigurationCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { matchesGlob } from 'node:path/posix';
import { functionNameOf } from '../../function-name.ts';
import { isKeyturns } from '../../keyturns-function.ts';
import { asking, type Caller } from '../clients.ts';
import { type Examined, findingsOf, type Finding, notVisible } from '../finding.ts';
import { putBack } from './put-back.ts';
import { isNotFound } from './reason.ts';

interface Wanted {
  readonly functionArn: string;
  /** The secret's name. */
  readonly name: string;
  readonly caller: Caller;
}

/** What is known of the function; its variables hold no secrets where it is Keyturn's. */
export interface SeenFunction {
  readonly variables: Readonly<Record<string, string>>;
}

const { ok, warn, fail } = findingsOf('function');

/** Whether the rotation function is there, ready, and the one for this secret. */
export async function examineFunction(wanted: Wanted): Promise<Examined<SeenFunction>> {
  const { functionArn, caller } = wanted;
  try {
    const configuration = await asking(
      (config) => new LambdaClient(config),
      caller,
      (client, abort) =>
        client.send(new GetFunctionConfigurationCommand({ FunctionName: functionArn }), abort),
    );
    const variables = configuration.Environment?.Variables ?? {};
    return { findings: judged(wanted, configuration, variables), found: { variables } };
  } catch (error) {
    if (isNotFound(error)) return { findings: [gone(functionArn)] };
    const unseen = notVisible('function', 'The rotation function', error);
    return { findings: [unseen], found: { variables: {} } };
  }
}

function judged(
  { functionArn, name }: Wanted,
  configuration: FunctionConfiguration,
  variables: SeenFunction['variables'],
): readonly Finding[] {
  const { State, LastUpdateStatus, Environment, Timeout = leastTimeout } = configuration;
  const named = functionNameOf(functionArn);
  const problems = [
    ...(isReady(State, LastUpdateStatus) ? [] : [notReady(configuration)]),
    // Variables under a key that the caller may not use are not told.
    ...(Environment?.Error || isKeyturns(Object.keys(variables)) ? [] : [foreign(named)]),
    ...(isFor(name, variables['KEYTURN_SECRET']) ? [] : [forAnother(named, variables)]),
    ...(Timeout < leastTimeout ? [short(Timeout)] : []),
  ];
  return problems.length > 0 ? problems : [ok(`${named} is there, ready, and for this secret.`)];
}

/** The template's lowest, in s. */
const leastTimeout = 240;

/** An inactive one wakes when it is called. */
const isReady = (state: string | undefined, update: string | undefined) =>
  state !== 'Failed' && state !== 'Pending' && update !== 'Failed';

const isFor = (name: string, pattern: string | undefined) =>
  pattern === undefined || pattern === '' || matchesGlob(name, pattern);

const gone = (functionArn: string) =>
  fail('FUNCTION_GONE', {
    message: `The function that is to rotate it, ${functionArn}, does not exist.`,
    fix: `See which stack the secret belongs to now. ${putBack}`,
  });

const notReady = ({
  State,
  LastUpdateStatus,
  StateReason,
  LastUpdateStatusReason,
}: FunctionConfiguration) =>
  fail('FUNCTION_NOT_READY', {
    message:
      `The function is not ready (${State ?? 'unknown'}, last update ${LastUpdateStatus ?? 'unknown'}).` +
      ` ${StateReason ?? LastUpdateStatusReason ?? ''}`.trimEnd(),
    fix: 'Wait while it is pending. After a failure: mend what the reason says, and deploy a new build.',
  });

const foreign = (named: string) =>
  fail('FUNCTION_NOT_KEYTURN', {
    message: `${named} does not look like Keyturn's: it has not the variables that the template gives.`,
    fix: 'Deploy Keyturn for the secret, or use the tools of whatever rotates it.',
  });

const forAnother = (named: string, { KEYTURN_SECRET }: SeenFunction['variables']) =>
  fail('FUNCTION_FOR_ANOTHER_SECRET', {
    message: `${named} was deployed for the secret ${KEYTURN_SECRET}, and not for this one.`,
    fix: 'Deploy a stack with this SecretName, and let that one rotate it.',
  });

const short = (timeout: number) =>
  warn('FUNCTION_TIMEOUT_SHORT', {
    message: `The function may run ${timeout} s, and a change of a database's password needs up to 240.`,
    fix: 'Deploy the stack with FunctionTimeout=300.',
  });
