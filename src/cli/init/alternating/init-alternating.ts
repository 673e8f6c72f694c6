import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { RotationError } from '../../../rotation/errors.ts';
import { withSession, type LogInRequest, type Session } from '../../../rotators/database/server.ts';
import { explaining } from '../../../rotators/postgres-alternating/refusals.ts';
import { lockName } from '../../../rotators/postgres-alternating/users.ts';
import { postgresServer } from '../../../rotators/postgres/postgres-server.ts';
import { scramVerifier } from '../../../rotators/postgres/scram-verifier.ts';
import { randomPassword } from '../../../rotators/random-password.ts';
import { Failure, Interrupted } from '../../failure.ts';
import { elsewhere, withSecretsManager } from '../../secrets-manager.ts';
import { hearingSignals } from '../../signals.ts';
import type { Terminal } from '../../terminal.ts';
import type { Created } from '../create-first.ts';
import { delayed, patience } from '../interrupted-creation.ts';
import { administrator, assertApart, assertTellable, type Administrator } from './administrator.ts';
import { placeOf } from './mark.ts';
import type { AlternatingOptions } from './options.ts';
import {
  adminRejected,
  declined,
  drifted,
  interrupted,
  notAsked,
  notStored,
  refused,
  rotated,
} from './refusals.ts';
import { dryResult, introduction, result, type Outcome } from './report.ts';
import { assertAlone, assertReady, makeRoles, unmark } from './roles.ts';
import { storeCredential } from './store-credential.ts';
import { targetSecret, textIn, wasPublished, type TargetSecret } from './target-secret.ts';

/**
 * Sets up two roles that take turns, then publishes the first of them. The roles come first, so that
 * what AWSCURRENT names always logs in; a run that broke off in between is finished by the next. Throws
 * a Failure.
 */
export async function initAlternating(
  options: AlternatingOptions,
  terminal: Terminal,
): Promise<void> {
  if (options.dryRun) return terminal.answer(dryResult(options));
  if (!options.yes && !terminal.interactive) throw notAsked();
  assertTellable(options, terminal);
  const ca = options.ca === undefined ? undefined : await readAuthority(options.ca);
  await withSecretsManager(async (client) => {
    terminal.tell(elsewhere());
    const target = await targetSecret(client, options.secret);
    // What names one of the two already is not changed.
    const isNamed = options.users.includes(textIn(target, options.userKey));
    if (target.isRotated && !isNamed) throw rotated(options.secret);
    terminal.tell(introduction(options, target, await client.config.region()));
    if (!options.yes && !(await terminal.confirm('Do it?'))) throw declined();
    const admin = await administrator(client, options, terminal);
    assertApart(admin, options, target);
    const { left, ...done } = await hearingSignals(({ signal }) =>
      told(signal, () => setUp({ client, options, target, admin, ca, signal })),
    );
    if (left !== undefined) terminal.tell(left);
    await terminal.answer(result(options, done));
  });
}

interface Work {
  readonly client: SecretsManagerClient;
  readonly options: AlternatingOptions;
  readonly target: TargetSecret;
  readonly admin: Administrator;
  readonly ca: string | undefined;
  /** Aborted by a signal of the system. */
  readonly signal: AbortSignal;
}

interface Done {
  readonly stored: Created;
  readonly outcome: Outcome;
  /** The role that the secret names. */
  readonly user: string;
  /** What is left to do by hand. */
  readonly left: string | undefined;
}

async function setUp(work: Work): Promise<Done> {
  const { options, admin } = work;
  const session = await postgresServer.open(requestOf(work, admin));
  if (session === 'rejected') throw adminRejected(admin.user, options);
  const parties = { role: lockName(options.users), admin: admin.user };
  return withSession(session, () =>
    explaining(parties, async () => {
      await assertAlone(session, options);
      return (await readyAlready(work, session)) ?? makeAndStore(work, session);
    }),
  );
}

/** What AWSCURRENT names already is left as it is, working or not. */
async function readyAlready(work: Work, session: Session): Promise<Done | undefined> {
  const { options, target } = work;
  const [user, password] = [textIn(target, options.userKey), textIn(target, options.passwordKey)];
  if (!options.users.includes(user)) return undefined;
  const verdict = password && (await postgresServer.logIn(requestOf(work, { user, password })));
  if (verdict !== 'accepted') throw drifted(options.secret, user, options.users);
  await assertReady(session, options, user);
  const { arn = '', versionId = '' } = target;
  const left = await unmark(session, options);
  return { stored: { arn, versionId }, outcome: 'ready', user, left };
}

async function makeAndStore(work: Work, session: Session): Promise<Done> {
  const { client, options, target, admin } = work;
  const [user] = options.users;
  const password = randomPassword();
  const verifier = await scramVerifier(password);
  const token = randomUUID();
  const arn = target.arn ?? admin.arn;
  const place = placeOf({ ...options, arn, region: await client.config.region() });
  const outcome = await makeRoles(session, options, {
    verifier,
    admin: admin.user,
    mark: { place, token },
    wasPublished: (earlier) => wasPublished(client, target.name, earlier),
  });
  await assertReady(session, options, user);
  if ((await postgresServer.logIn(requestOf(work, { user, password }))) === 'rejected') {
    throw refused(user);
  }

  const { userKey, passwordKey } = options;
  const document = target.document.with({ [userKey]: user, [passwordKey]: password });
  const signal = delayed(work.signal, patience.creation);
  const stored = await storeCredential(client, { target, document, token, signal }).catch(
    (error: unknown) => Promise.reject(notStored(error, user)),
  );
  return { stored, outcome, user, left: await unmark(session, options) };
}

const requestOf = (
  { options: { host, port, database, tls }, ca, signal }: Work,
  { user, password }: Administrator,
): LogInRequest => ({ host, port, database, tls, ca, user, password, signal });

/** After a signal how far it came is not known; the next run finds that out. */
async function told<R>(signal: AbortSignal, work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    if (signal.aborted) throw interrupted();
    throw error instanceof RotationError ? new Failure(error.code, error.message) : error;
  }
}

async function readAuthority(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new Failure('FILE_UNREADABLE', 'The file of --ca cannot be read. Name one that exists.');
  }
}
