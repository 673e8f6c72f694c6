/** What this app is told by its environment. Credentials are not among it: they come from the secret. */
export interface Options {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** How the world reaches the app, without a slash at the end, where something is in front of it. */
  readonly publicUrl: string | undefined;
  /** The number that messages are sent from. */
  readonly twilioFrom: string;
  /** Only on a local stack. */
  readonly twilioBaseUrl: string | undefined;
  /** How old values of the secret may get; undefined: what the library says. */
  readonly secretsTtlMs: number | undefined;
  /** After how many queries a connection is replaced; undefined: never. */
  readonly dbPoolMaxUses: number | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws an error that names the variable to set or to correct. PGHOST and the like are read by `pg`. */
export const readOptions = (env: Environment): Options => ({
  host: env['HOST'] || '127.0.0.1',
  port: numberIn(env, 'PORT') ?? 3000,
  publicUrl: urlIn(env, 'PUBLIC_URL'),
  twilioFrom: phoneIn(env, 'TWILIO_FROM'),
  twilioBaseUrl: urlIn(env, 'TWILIO_BASE_URL'),
  secretsTtlMs: numberIn(env, 'SECRETS_TTL_MS'),
  dbPoolMaxUses: numberIn(env, 'DB_POOL_MAX_USES'),
});

function numberIn(env: Environment, name: string): number | undefined {
  const text = env[name];
  if (!text) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Error(`${name} must be a whole number.`);
}

function urlIn(env: Environment, name: string): string | undefined {
  const text = env[name];
  if (!text) return undefined;
  if (/^https?:/.test(text) && URL.canParse(text)) return text.replace(/\/$/, '');
  throw new Error(`${name} must be a URL, such as https://reminders.example.com.`);
}

function phoneIn(env: Environment, name: string): string {
  const text = env[name] ?? '';
  if (/^\+[1-9]\d{6,14}$/.test(text)) return text;
  throw new Error(`${name} must be a phone number, such as +15005550006.`);
}
