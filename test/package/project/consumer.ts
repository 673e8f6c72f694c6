import {
  createSecrets,
  getSecret,
  loadSettings,
  texts,
  type Secrets,
  type Settings,
} from 'keyturn/app';

const secrets = createSecrets({ schema: texts('DB_PASSWORD') });

export const password: string = secrets.get('DB_PASSWORD');

// @ts-expect-error -- it is a text
export const wrong: number = secrets.get('DB_PASSWORD');

// @ts-expect-error -- there is no such key
secrets.get('DB_PASWORD');

/** What needs one key alone takes secrets with more of them. */
export const needsOne = (some: Secrets<{ readonly SECRET_KEY: string }>) => some.get('SECRET_KEY');

export const given = needsOne(createSecrets());

export const signingKey: string = createSecrets().get('SECRET_KEY');

const exact = createSecrets<{ readonly DB_PASSWORD: string }>({ schema: texts('DB_PASSWORD') });

// @ts-expect-error -- there is no such key
exact.get('DB_PASWORD');

// @ts-expect-error -- there is no such option
createSecrets({ secretID: 'shop/production' });

export const one: Promise<string | undefined> = getSecret('DB_PASSWORD');
export const settings: Promise<Settings> = loadSettings({ required: true });
