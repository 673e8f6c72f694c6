import { Failure, UsageError } from '../../failure.ts';
import { RotationError } from '../../../rotation/errors.ts';
import { assertGranted } from '../../../handlers/grants.ts';
import { readEnvironment, setVariables } from '../../../handlers/environment.ts';
import { readUnasked } from '../configured.ts';
import type { InitOptions } from '../options.ts';
import { problemWith, type Answers } from './parameters.ts';
import { readRotation } from './rotate-option.ts';
import type { Env } from './expressions.ts';
import { answersFor, configureBy, entriesFor, type Entry } from './rotations.ts';
import { brokenBy } from './rules.ts';
import { variablesOf } from './variables.ts';

/** What a stack for the secret is deployed with. None of it is secret. */
export interface Deployment {
  readonly stackName: string;
  readonly answers: Answers;
  /** Of a rotation.config.ts to be written; `undefined` where the one that is there serves. */
  readonly entries: readonly Entry[] | undefined;
  readonly configure: (env: Env) => unknown;
}

/**
 * Reads what the command line says of the deployment, with a configuration of its own where
 * `--rotate` does. Throws a UsageError.
 */
export function readDeployment(
  options: InitOptions,
  ownRotation: (env: Env) => unknown,
): Deployment {
  const rotations = options.rotate.map(readRotation);
  assertOnce(rotations.map(({ key }) => key));
  const given = readAnswers(options.parameter);
  const implied = answersFor(rotations);
  const answers = { ...answersOf(options), ...implied, ...given };
  const conflict = Object.keys(implied).find((name) => answers[name] !== implied[name]);
  if (conflict !== undefined) throw contradicted(conflict);
  const entries = rotations.length === 0 ? undefined : entriesFor(rotations, answers);
  const configure = entries ? configureBy(options.secret, entries) : ownRotation;
  assertTogether(answers);
  return { stackName: stackNameOf(options), answers, entries, configure };
}

/** The same with further answers. Throws a UsageError where they do not go together. */
export function withAnswers(deployment: Deployment, more: Answers): Deployment {
  const answers = { ...deployment.answers, ...more };
  assertTogether(answers);
  return { ...deployment, answers };
}

/** What CloudFormation would refuse. */
function assertTogether(answers: Answers): void {
  const [broken] = brokenBy(answers);
  if (broken) throw new UsageError(`The parameters do not go together: ${broken.says}.`);
}

/**
 * Throws a Failure where the functions would refuse to start: the configuration needs something else
 * than the template grants for these answers.
 */
export function assertFits({ answers, configure }: Deployment): void {
  const variables = setVariables(variablesOf(answers));
  try {
    assertGranted(readUnasked(configure(variables)), readEnvironment(variables));
  } catch (error) {
    if (error instanceof RotationError) throw new Failure(error.code, error.message);
    throw error;
  }
}

/** What the options of old say, in the template's words. */
function answersOf({ secret, environment, kmsKey }: InitOptions): Answers {
  const isOrdinary = secret === `reminder-app/${environment}`;
  return {
    Environment: environment,
    ...(!isOrdinary && { SecretName: secret }),
    ...(kmsKey !== undefined && { KmsKeyArn: kmsKey }),
  };
}

const elsewhere: Readonly<Record<string, string>> = {
  Environment: '--environment',
  SecretName: 'the name of the secret',
  KmsKeyArn: '--kms-key',
};

function readAnswers(parameters: readonly string[]): Answers {
  const answers = new Map<string, string>();
  for (const parameter of parameters) {
    const [, name = '', answer = ''] = /^([A-Za-z]+)=(.*)$/s.exec(parameter) ?? [];
    if (name === '')
      throw new UsageError('--parameter takes Name=value, such as DbInstance=orders.');
    if (Object.hasOwn(elsewhere, name))
      throw new UsageError(`--parameter ${name} is ${elsewhere[name]}: say it there.`);
    const problem = problemWith(name, answer);
    if (problem) throw new UsageError(`--parameter ${name} ${problem}.`);
    if (answers.has(name)) throw new UsageError(`--parameter ${name} is given twice.`);
    answers.set(name, answer);
  }
  return Object.fromEntries(answers);
}

/** After the functions CloudFormation names the alarms, and 64 characters are what Lambda takes. */
const longestStackName = 54;

function stackNameOf({ stackName, secret, environment }: InitOptions): string {
  if (stackName !== undefined) return stackName;
  if (secret === `reminder-app/${environment}`) return `keyturn-${environment}`;
  const plain = secret.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+/, '');
  return `keyturn-${plain}`.slice(0, longestStackName).replace(/-+$/, '');
}

function assertOnce(keys: readonly string[]): void {
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice === undefined) return;
  throw new UsageError(`The key ${twice} is in two of --rotate. Leave it in one of them.`);
}

const contradicted = (name: string) =>
  new UsageError(`--rotate and --parameter ${name} contradict each other. Say it in one of them.`);
