import { quoteName, quoteText } from '../../../rotators/postgres-alternating/quote.ts';
import { createOwner, setUpStatements } from '../../../rotators/postgres-alternating/set-up.ts';
import type { Created } from '../create-first.ts';
import type { AlternatingOptions } from './options.ts';
import type { Made } from './roles.ts';
import { textIn, type TargetSecret } from './target-secret.ts';

const json = (document: object) => `${JSON.stringify(document, null, 2)}\n`;

/** The statements alone, in a form that psql runs, whether the owner is there already or not. */
export function dryResult(options: AlternatingOptions): string {
  const statements = [
    ownerUnlessThere(options.owner),
    ...setUpStatements(options, { isOwnerThere: true }),
  ];
  if (options.json) return json({ secret: options.secret, dryRun: true, statements });
  return (
    `-- ${options.users[0]} gets a password in the same statement, as a SCRAM verifier.\n` +
    `BEGIN;\n${statements.join('\n')}\nCOMMIT;\n`
  );
}

function ownerUnlessThere(owner: string): string {
  const isThere = `EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${quoteText(owner)})`;
  return `DO ${quoteText(`BEGIN IF NOT ${isThere} THEN ${createOwner(owner)} END IF; END`)};`;
}

/** What is about to be done, for the person who confirms it. */
export function introduction(options: AlternatingOptions, target: TargetSecret, region: string) {
  const { host, port, owner, users, secret, userKey, passwordKey } = options;
  const now = textIn(target, userKey);
  if (users.includes(now)) return onlyLooks(options, now, region);
  return (
    `On ${host}:${port}, where they are not there yet:\n` +
    `  ${owner}  owns what the application makes\n` +
    `  ${users[0]}  logs in from now on, and acts as ${owner}\n` +
    `  ${users[1]}  waits for the first rotation, and acts as ${owner}\n` +
    `In ${secret}, in ${region}, which ${target.arn === undefined ? 'is made' : 'keeps its other keys'}:\n` +
    `  ${keyLine(target, userKey)}\n` +
    `  ${passwordKey}${target.document.keys.includes(passwordKey) ? '  is replaced' : ''}\n` +
    `The application logs in as ${users[0]} from then on, and may do what ${owner} may. Grant ${owner} what it ` +
    'needs first, or name the role that owns its tables with --owner.\n'
  );
}

/** What the secret names already is looked at, and never changed. */
const onlyLooks = (
  { host, port, owner, users, secret, userKey }: AlternatingOptions,
  now: string,
  region: string,
) =>
  `In ${secret}, in ${region}:\n  ${userKey}  stays ${now}, and so does its password\n` +
  `On ${host}:${port} nothing is made: it is tried whether ${now} logs in, and whether ${users.join(' and ')} are ` +
  `alike and act as ${owner}.\n`;

/** Names of roles are no secrets. */
function keyLine(target: TargetSecret, userKey: string): string {
  if (!target.document.keys.includes(userKey)) return userKey;
  const now = textIn(target, userKey);
  return `${userKey}  is replaced${now === '' ? '' : ` (now ${now})`}`;
}

export type Outcome = Made | 'ready';

interface Done {
  readonly stored: Created;
  readonly outcome: Outcome;
  /** The role that the secret names. */
  readonly user: string;
}

export function result(options: AlternatingOptions, { stored, outcome, user }: Done): string {
  const { secret, owner, users } = options;
  if (options.json) return json({ secret, ...stored, owner, users, user, outcome });
  return `${said(options, outcome, user)}\n${next(options)}`;
}

const said = (
  { secret, userKey, passwordKey }: AlternatingOptions,
  outcome: Outcome,
  user: string,
) =>
  outcome === 'ready'
    ? `Nothing was changed. In ${secret}:\n  ${userKey}  ${user}, who logs in; the two roles are alike\n` +
      `  ${passwordKey}  as it was\n`
    : `In ${secret} from now on:\n  ${userKey}  ${user}\n  ${passwordKey}  new, and proven by a login\n`;

const next = (options: AlternatingOptions) => `
Grant ${options.owner}, and neither of the two, what the application needs. Where it owns its tables by a role of
its own by now, give that role's name to --owner, or hand them over: REASSIGN OWNED BY "…" TO ${quoteName(options.owner)};

Deploy the stack with these parameters, beside your own:

${parametersOf(options)
  .map((parameter) => `  ${parameter}`)
  .join('\n')}
${furtherOptions(options)}`;

function parametersOf(options: AlternatingOptions): readonly string[] {
  const { users, host, port, database, adminSecret = '' } = options;
  const isArn = adminSecret.startsWith('arn:');
  return [
    'DbRotator=postgres-alternating',
    `DbUsers=${users.join(',')}`,
    `DbHost=${host}`,
    `DbPort=${port}`,
    `DbName=${database}`,
    `DbAdminSecretArn=${isArn ? adminSecret : `<the ARN of ${adminSecret || 'the administrator’s secret'}>`}`,
  ];
}

/** What no parameter says, and rotation.config.ts must. */
function furtherOptions({ userKey, passwordKey, ca }: AlternatingOptions): string {
  const usual = userKey === 'DB_USER' && passwordKey === 'DB_PASSWORD';
  const lines = [
    ...(usual ? [] : [`the rotator under the key ${passwordKey}, with userKey: '${userKey}'`]),
    ...(ca === undefined ? [] : ['ca: the text of your own authority']),
  ];
  return lines.length === 0 ? '' : `\nAnd in rotation.config.ts: ${lines.join('; ')}.\n`;
}
