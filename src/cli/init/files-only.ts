import type { Plan } from '../../rotation/plan.ts';
import { describeIfThere, type DescribedSecret } from '../described-secret.ts';
import { Failure, UsageError } from '../failure.ts';
import { assertNotDeleted } from '../find-secret.ts';
import { elsewhere, withSecretsManager } from '../secrets-manager.ts';
import type { Terminal } from '../terminal.ts';
import { withAnswers, type Deployment } from './deployment/deployment.ts';
import { problemWith, type Answers } from './deployment/parameters.ts';
import { planFiles } from './deployment/plan-files.ts';
import { askAnswers } from './deployment/questions.ts';
import { writeFiles } from './deployment/write-files.ts';
import type { InitOptions } from './options.ts';
import { filesAhead, filesResult } from './report.ts';

interface Request {
  readonly options: InitOptions;
  readonly plan: Plan;
  readonly folder: string;
  readonly deployment: Deployment;
  readonly writes: boolean;
  readonly terminal: Terminal;
}

/** Writes the files for a secret that exists; its value is not read. Throws a Failure. */
export async function filesOnly(request: Request): Promise<void> {
  const { options, folder, terminal, writes } = request;
  if (!writes) throw noCopy();
  const { secret } = options;
  terminal.tell(elsewhere());
  const { found, region } = await withSecretsManager(async (client) => ({
    found: await describeIfThere(client, secret),
    region: await client.config.region(),
  }));
  if (!found) throw missing(secret);
  assertNotDeleted(found);
  const described = withAnswers(request.deployment, keyOf(found, options, terminal));
  const isAsking = terminal.interactive && !options.yes && !options.dryRun;
  const more = isAsking ? await askAnswers(described, request) : {};
  const deployment = withAnswers(described, more);
  const files = await planFiles(folder, deployment, { region, secret });

  terminal.tell(`${secret}, in ${region}\n${filesAhead(files)}`);
  if (!options.dryRun) {
    const isNew = files.files.some(({ text, before }) => text !== before);
    if (isNew && !options.yes && !(await terminal.confirm('Write them?'))) throw declined();
    await writeFiles(files, '');
  }
  await terminal.answer(filesResult({ options, files, deployment, plan: request.plan }));
}

/** The stack must know a key of one's own, which the secret itself names. */
function keyOf(
  { kmsKeyId: key }: DescribedSecret,
  { kmsKey }: InitOptions,
  terminal: Terminal,
): Answers {
  if (key === undefined || kmsKey !== undefined || key.endsWith('alias/aws/secretsmanager')) {
    return {};
  }
  if (problemWith('KmsKeyArn', key) === undefined) return { KmsKeyArn: key };
  terminal.tell(`The secret is encrypted with ${key}: give the ARN of that key with --kms-key.\n`);
  return {};
}

const noCopy = () =>
  new UsageError(
    'This folder is no copy of Keyturn: template.yaml and src are not in it. Run the command there.',
  );

const missing = (secret: string) =>
  new Failure(
    'SECRET_NOT_FOUND',
    `There is no secret named ${secret}. Make it first: the same command without --files-only.`,
  );

const declined = () => new Failure('DECLINED', 'Nothing was written.');
