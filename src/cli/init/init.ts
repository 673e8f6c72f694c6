import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describeIfThere } from '../described-secret.ts';
import { Failure, UsageError } from '../failure.ts';
import { shared } from '../read-secret-file.ts';
import { elsewhere, withSecretsManager } from '../secrets-manager.ts';
import type { Terminal } from '../terminal.ts';
import { ownRotation, planFor, type AnyConfigure } from './configured.ts';
import { createWithFiles } from './create-with-files.ts';
import { readDeployment, withAnswers, type Deployment } from './deployment/deployment.ts';
import { isDeployable, planFiles, type DeploymentFiles } from './deployment/plan-files.ts';
import { askAnswers } from './deployment/questions.ts';
import { answeredVariables } from './deployment/variables.ts';
import { whyNotMade } from './existing-secret.ts';
import { filesOnly } from './files-only.ts';
import { assertUsable, firstDocument, type ValueRequest } from './first-document.ts';
import { readGiven } from './given.ts';
import type { InitOptions } from './options.ts';
import { dryResult, introduction, result } from './report.ts';
import { assertAnswerable, chooseSources } from './sources.ts';

/** What surrounds the command. */
export interface Surroundings {
  /** rotation.config.ts. */
  readonly configure?: AnyConfigure;
  /** Where files for the deployment go, if it is a copy of Keyturn. */
  readonly folder?: string;
}

/**
 * Makes the secret, before the first deployment, and the files for that: generates what can be
 * generated, takes the rest from a file or asks for it. Everything is checked, and the person asked,
 * before anything is made. Throws a Failure. A second run changes nothing.
 */
export async function init(
  options: InitOptions,
  terminal: Terminal,
  { configure = ownRotation, folder = process.cwd() }: Surroundings = {},
): Promise<void> {
  if (!options.yes && !options.dryRun && !terminal.interactive) throw notAsked();
  const deployment = readDeployment(options, configure);
  const variables = answeredVariables(deployment.answers);
  const plan = planFor(deployment.configure, options.secret, variables);
  const place = {
    folder,
    deployment,
    writes: options.files && isDeployable(folder),
  };
  if (options.filesOnly) return filesOnly({ options, plan, terminal, ...place });

  const given = await readGiven(options.fromFile);
  const keys = chooseSources({ plan, options, given: given.document.keys });
  if (!terminal.interactive) assertAnswerable(keys, options);
  const { without } = options;
  const intent = { options, plan, keys, without, given: given.document, ...place };
  assertUsable(intent, given.document);

  if (given.othersMayRead) terminal.tell(shared('--from-file'));
  await withSecretsManager((client) => make(client, intent, terminal));
  if (given.remains && !options.dryRun) terminal.tell(remains);
}

interface Intent extends ValueRequest {
  readonly options: InitOptions;
  readonly folder: string;
  readonly deployment: Deployment;
  /** Whether files are written. */
  readonly writes: boolean;
}

async function make(
  client: SecretsManagerClient,
  intent: Intent,
  terminal: Terminal,
): Promise<void> {
  const { options, keys } = intent;
  const wanted = keys.map(({ key }) => key);
  terminal.tell(elsewhere());
  const found = await describeIfThere(client, options.secret);
  if (found) throw await whyNotMade(client, found, wanted);

  const region = await client.config.region();
  const { deployment, files } = await planned(intent, terminal, region);
  const subject = { ...intent, region, deployment, files };
  terminal.tell(introduction(subject));
  if (options.dryRun) return terminal.answer(dryResult(subject));
  if (!options.yes && !(await terminal.confirm('Create it?'))) throw declined();

  const document = await firstDocument(intent, terminal);
  const created = await createWithFiles(client, { options, document, wanted, files });
  await terminal.answer(result(subject, created));
}

interface Planned {
  readonly deployment: Deployment;
  readonly files: DeploymentFiles | undefined;
}

/** Asks for what no option said, where somebody is there, and plans the files. */
async function planned(intent: Intent, terminal: Terminal, region: string): Promise<Planned> {
  const { options, folder, deployment: given, writes } = intent;
  if (!writes) return { deployment: given, files: undefined };
  const isAsking = terminal.interactive && !options.yes && !options.dryRun;
  const deployment = isAsking
    ? withAnswers(given, await askAnswers(given, { ...intent, terminal }))
    : given;
  const { secret } = options;
  return { deployment, files: await planFiles(folder, deployment, { region, secret }) };
}

const remains = '\nThe file still holds the values. Delete it.\n';

const notAsked = () =>
  new UsageError('There is no terminal to ask on. Add --yes to create the secret without that.');

const declined = () => new Failure('DECLINED', 'Nothing was created.');
