import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Failure, UsageError } from '../failure.ts';
import { elsewhere, withSecretsManager } from '../secrets-manager.ts';
import type { Terminal } from '../terminal.ts';
import { ownRotation, planFor, type Configure } from './configured.ts';
import { createFirst } from './create-first.ts';
import { findByName, whyNotMade } from './existing-secret.ts';
import { assertUsable, firstDocument, type ValueRequest } from './first-document.ts';
import { readGiven } from './given.ts';
import type { InitOptions } from './options.ts';
import { dryResult, introduction, result } from './report.ts';
import { assertAnswerable, chooseSources } from './sources.ts';

/**
 * Makes the secret, before the first deployment: generates what can be generated, takes the rest
 * from a file or asks for it. Everything is checked, and the person asked, before anything is made.
 * Throws a Failure. A second run changes nothing.
 */
export async function init(
  options: InitOptions,
  terminal: Terminal,
  configure: Configure = ownRotation,
): Promise<void> {
  if (!options.yes && !options.dryRun && !terminal.interactive) throw notAsked();
  const plan = planFor(configure, options.secret);
  const given = await readGiven(options.fromFile);
  const keys = chooseSources({ plan, options, given: given.document.keys });
  if (!terminal.interactive) assertAnswerable(keys, options);
  const intent = { options, plan, keys, without: options.without, given: given.document };
  assertUsable(intent, given.document);

  if (given.othersMayRead) terminal.tell(shared);
  await withSecretsManager((client) => make(client, intent, terminal));
  if (given.remains && !options.dryRun) terminal.tell(remains);
}

interface Intent extends ValueRequest {
  readonly options: InitOptions;
}

async function make(
  client: SecretsManagerClient,
  intent: Intent,
  terminal: Terminal,
): Promise<void> {
  const { options, keys } = intent;
  const wanted = keys.map(({ key }) => key);
  terminal.tell(elsewhere());
  const found = await findByName(client, options.secret);
  if (found) throw await whyNotMade(client, found, wanted);

  const subject = { ...intent, region: await client.config.region() };
  terminal.tell(introduction(subject));
  if (options.dryRun) return terminal.answer(dryResult(subject));
  if (!options.yes && !(await terminal.confirm('Create it?'))) throw declined();

  const document = await firstDocument(intent, terminal);
  const created = await createFirst(client, { options, document, wanted });
  await terminal.answer(result(subject, created));
}

const shared =
  'Others on this machine may read the file that holds the values. Take that away: chmod 600.\n';

const remains = '\nThe file still holds the values. Delete it.\n';

const notAsked = () =>
  new UsageError('There is no terminal to ask on. Add --yes to create the secret without that.');

const declined = () => new Failure('DECLINED', 'Nothing was created.');
