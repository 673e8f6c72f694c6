import { quoteName } from '../../../rotators/postgres-alternating/quote.ts';
import { setUpStatements } from '../../../rotators/postgres-alternating/set-up.ts';
import type { Created } from '../create-first.ts';
import type { AlternatingOptions } from './options.ts';
import type { Made } from './roles.ts';
import { textIn, type TargetSecret } from './target-secret.ts';

const json = (document: object) => `${JSON.stringify(document, null, 2)}\n`;

/** The statements alone, in a form that psql runs. */
export function dryResult(options: AlternatingOptions): string {
  const statements = setUpStatements(options);
  if (options.json) return json({ secret: options.secret, dryRun: true, statements });
  return (
    `-- ${options.users[0]} gets a password in the same statement, as a SCRAM verifier.\n` +
    `BEGIN;\n${statements.join('\n')}\nCOMMIT;\n`
  );
}

/** What is about to be done, for the person who confirms it. */
export function introduction(options: AlternatingOptions, target: TargetSecret, region: string) {
  const { host, port, owner, users, secret, userKey, passwordKey } = options;
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

/** Names of roles are no secrets. */
function keyLine(target: TargetSecret, userKey: string): string {
  if (!target.document.keys.includes(userKey)) return userKey;
  const now = textIn(target, userKey);
  return `${userKey}  is replaced${now === '' ? '' : ` (now ${now})`}`;
}

export type Outcome = Made | 'ready';

export function result(options: AlternatingOptions, stored: Created, outcome: Outcome): string {
  const { secret, owner, users } = options;
  if (options.json) return json({ secret, ...stored, owner, users, outcome });
  return `${said(options, outcome)}\n${next(options)}`;
}

function said({ secret, users, userKey, passwordKey }: AlternatingOptions, outcome: Outcome) {
  if (outcome === 'ready') {
    return `Nothing was changed: ${secret} names a role of the two that logs in, and they are alike.`;
  }
  return `${secret} names ${users[0]} now (${userKey}, ${passwordKey}), and the password was proven by a login.`;
}

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
