import type { Plan } from '../../rotation/plan.ts';
import type { Created } from './create-first.ts';
import type { InitOptions } from './options.ts';
import { ownerOf, type PlannedKey, type Source } from './sources.ts';

interface Subject {
  readonly options: InitOptions;
  readonly keys: readonly PlannedKey[];
  readonly region: string;
}

/** What is about to be made, for the person who confirms it. */
export function introduction({ options, keys, region }: Subject): string {
  const encrypted = options.kmsKey ? `, encrypted with ${options.kmsKey}` : '';
  return `${options.secret}, in ${region}${encrypted}\n${table(keys, ahead)}`;
}

/** The result of a run that made nothing. */
export function dryResult({ options, keys }: Subject): string {
  if (options.json) return json({ secret: options.secret, dryRun: true, keys });
  return `Nothing was created, since this was a dry run. ${options.secret} can be created.\n`;
}

/** The result, and the command that comes next. */
export function result(subject: Subject & { readonly plan: Plan }, created: Created): string {
  const { options, keys } = subject;
  if (options.json) return json({ secret: options.secret, ...created, keys });
  return [
    `${options.secret} is created: ${created.arn}\n${table(keys, done)}`,
    ...newPasswords(subject),
    ...leftOut(options),
    `Next, in the folder of Keyturn:\n\n${nextCommand(subject)}\n${switchedOn(subject)}`,
  ].join('\n');
}

const json = (document: object) => `${JSON.stringify(document, null, 2)}\n`;

const ahead: Readonly<Record<Source, string>> = {
  file: 'from the file',
  generated: 'is generated',
  prompt: 'is asked for',
  derived: 'is built from the others',
};

const done: Readonly<Record<Source, string>> = {
  file: 'from the file',
  generated: 'generated',
  prompt: 'as typed',
  derived: 'built from the others',
};

function table(keys: readonly PlannedKey[], words: Readonly<Record<Source, string>>): string {
  const width = Math.max(...keys.map(({ key }) => key.length));
  return keys.map(({ key, from }) => `  ${key.padEnd(width)}  ${words[from]}\n`).join('');
}

/** A generated password is in force nowhere until somebody gives it to its database. */
function newPasswords({ options, keys, plan }: Subject & { readonly plan: Plan }): string[] {
  return keys
    .filter(({ key, from }) => from === 'generated' && isPassword(plan, key))
    .map(
      ({ key }) =>
        `No database knows the new ${key} yet. Hand it over before the first rotation, for example so:\n\n` +
        `  aws secretsmanager get-secret-value --secret-id ${options.secret} --query SecretString --output text |\n` +
        `    jq --join-output '."${key}"' |\n` +
        '    aws rds modify-db-instance --db-instance-identifier <DbInstance> --apply-immediately \\\n' +
        '      --master-user-password file:///dev/stdin --query DBInstance.DBInstanceStatus\n',
    );
}

const isPassword = (plan: Plan, key: string) => ownerOf(plan, key)?.kind === 'rds-master-password';

const leftOut = ({ without }: InitOptions): string[] =>
  without.length === 0
    ? []
    : [
        `Left out: ${[...new Set(without)].join(', ')}. Nothing may rotate what is not there: leave DbInstance, ` +
          'DbCluster and\nRotateTwilio as they are by default, or take the key out of rotation.config.ts.\n',
      ];

/** A stack leaves alone what others may share, unless it is told otherwise. */
function switchedOn({ keys, plan }: Subject & { readonly plan: Plan }): string {
  const switches = keys.flatMap(({ key }) => {
    const parameter = parameterOf[ownerOf(plan, key)?.kind ?? ''];
    return parameter && ownerOf(plan, key)?.key === key ? [`${parameter} for ${key}`] : [];
  });
  if (switches.length === 0) return '';
  return `Deployed like that, a stack does not rotate all of it yet. Add ${switches.join(', and ')}.\n`;
}

const parameterOf: Readonly<Record<string, string>> = {
  'rds-master-password': 'DbInstance=<id> (or DbCluster=<id>)',
  'twilio-auth-token': 'RotateTwilio=true',
};

/** Each of these is what the guided deployment then proposes. */
function nextCommand({ options, region }: Subject): string {
  const ordinary = options.secret === `reminder-app/${options.environment}`;
  const parameters = [
    `Environment=${options.environment}`,
    ...(ordinary ? [] : [`SecretName=${options.secret}`]),
    ...(options.kmsKey === undefined ? [] : [`KmsKeyArn=${options.kmsKey}`]),
  ];
  return (
    `  sam build && sam deploy --guided --region ${region} \\\n` +
    `    --parameter-overrides ${parameters.join(' ')}\n`
  );
}
