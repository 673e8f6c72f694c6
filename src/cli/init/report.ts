import type { Plan } from '../../rotation/plan.ts';
import type { Created } from './create-first.ts';
import type { Deployment } from './deployment/deployment.ts';
import type { DeploymentFiles } from './deployment/plan-files.ts';
import type { Answers } from './deployment/parameters.ts';
import type { InitOptions } from './options.ts';
import { ownerOf, type PlannedKey, type Source } from './sources.ts';

interface Subject {
  readonly options: InitOptions;
  readonly keys: readonly PlannedKey[];
  readonly plan: Plan;
  readonly region: string;
  readonly deployment: Deployment;
  /** `undefined` where none are written. */
  readonly files: DeploymentFiles | undefined;
}

/** What is about to be made, for the person who confirms it. */
export function introduction({ options, keys, region, files }: Subject): string {
  const encrypted = options.kmsKey ? `, encrypted with ${options.kmsKey}` : '';
  const ours = files ? filesAhead(files) : options.files ? noCopy : '';
  return `${options.secret}, in ${region}${encrypted}\n${table(keys, ahead)}${ours}`;
}

/** Which files are written, and which are left as they are. */
export const filesAhead = ({ files }: DeploymentFiles): string =>
  files.map((file) => `${file.name}  ${aheadOf(file)}\n`).join('');

/** The result of a run that made nothing. */
export function dryResult({ options, keys, files }: Subject): string {
  const { secret } = options;
  if (options.json) {
    return json({ secret, dryRun: true, keys, ...(files && { files: files.files.map(whole) }) });
  }
  return (
    `Nothing was created, since this was a dry run. ${secret} can be created.\n` +
    (files ? `\n${contentsOf(files)}` : '')
  );
}

/** The result, and the command that comes next. */
export function result(subject: Subject, created: Created): string {
  const { options, keys, files } = subject;
  if (options.json) {
    const outcome = files && { files: files.files.map(brief), next: files.next };
    return json({ secret: options.secret, ...created, keys, ...outcome });
  }
  return [
    `${options.secret} is created: ${created.arn}\n${table(keys, done)}`,
    ...newPasswords(subject),
    ...leftOut(options),
    ...(files ? [filesAfter(files)] : []),
    `Next, in the folder of Keyturn:\n\n${nextCommand(subject)}\n${switchedOn(subject)}`,
  ].join('\n');
}

type OfFiles = Pick<Subject, 'options' | 'deployment' | 'plan'> & {
  readonly files: DeploymentFiles;
};

/** The result of a run that is for the files alone. */
export function filesResult({ options, files, deployment, plan }: OfFiles): string {
  const { secret } = options;
  if (options.json) {
    const { dryRun } = options;
    const told = files.files.map(dryRun ? whole : brief);
    return json({ secret, ...(dryRun && { dryRun }), files: told, next: files.next });
  }
  if (options.dryRun) {
    return `Nothing was written, since this was a dry run.\n\n${contentsOf(files)}`;
  }
  const keys = plan.rotators.map(({ key }) => ({ key }));
  const open = switchedOn({ keys, plan, deployment });
  return `${filesAfter(files)}\nNext, in the folder of Keyturn:\n\n  ${files.next}\n${open && `\n${open}`}`;
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

const noCopy = 'This folder is no copy of Keyturn, so no samconfig.toml is written.\n';

type File = DeploymentFiles['files'][number];

const isSame = ({ text, before }: File) => text === before;

function aheadOf(file: File): string {
  if (isSame(file)) return 'says it already, and is left as it is';
  return file.before === undefined ? 'is written' : 'gets a table behind what it holds';
}

const filesAfter = ({ files }: DeploymentFiles): string =>
  files.every(isSame)
    ? `Nothing was changed: ${files.map(({ name }) => name).join(' and ')} said it already.\n`
    : files
        .map((file) => `${file.name} ${isSame(file) ? 'said it already' : 'is written'}.\n`)
        .join('');

const contentsOf = ({ files }: DeploymentFiles): string =>
  files
    .map(({ name, text }) => `${name} would be:\n\n${text.replaceAll(/^(?=.)/gm, '  ')}`)
    .join('\n');

const brief = (file: File) => ({
  name: file.name,
  outcome: isSame(file) ? 'unchanged' : 'written',
});

const whole = (file: File) => ({
  name: file.name,
  outcome: isSame(file) ? 'unchanged' : 'to be written',
  text: file.text,
});

/** A generated password is in force nowhere until somebody gives it to its database. */
function newPasswords({ options, keys, plan }: Subject): string[] {
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

type Switched = Pick<Subject, 'plan' | 'deployment'> & {
  readonly keys: readonly Pick<PlannedKey, 'key'>[];
};

/** A stack leaves alone what others may share, unless it is told otherwise. */
function switchedOn({ keys, plan, deployment: { answers } }: Switched): string {
  const switches = keys.flatMap(({ key }) => {
    const owner = ownerOf(plan, key);
    const open = openSwitches[owner?.kind ?? ''];
    return open && owner?.key === key && !open.isOn(answers)
      ? [`${open.parameter} for ${key}`]
      : [];
  });
  if (switches.length === 0) return '';
  return `Deployed like that, a stack does not rotate all of it yet. Add ${switches.join(', and ')}.\n`;
}

const openSwitches: Readonly<
  Record<string, { readonly parameter: string; readonly isOn: (answers: Answers) => boolean }>
> = {
  'rds-master-password': {
    parameter: 'DbInstance=<id> (or DbCluster=<id>)',
    isOn: ({ DbInstance: instance, DbCluster: cluster }) => Boolean(instance || cluster),
  },
  'twilio-auth-token': {
    parameter: 'RotateTwilio=true',
    isOn: ({ RotateTwilio: rotates }) => rotates === 'true',
  },
};

/** Each of these is what the guided deployment then proposes. */
function nextCommand({ region, files, deployment }: Subject): string {
  if (files) return `  ${files.next}\n`;
  const parameters = Object.entries(deployment.answers);
  const told = parameters.map(([name, answer]) =>
    /^[\w/+=.@:,-]*$/.test(answer) ? `${name}=${answer}` : `'${name}="${answer}"'`,
  );
  return (
    `  sam build && sam deploy --guided --region ${region} \\\n` +
    `    --parameter-overrides ${told.join(' ')}\n`
  );
}
