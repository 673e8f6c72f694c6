import { createSecrets, getSecret, loadSettings, texts, type Settings } from 'keyturn/app';

const secrets = createSecrets({ schema: texts('DB_PASSWORD') });

export const password: string = secrets.get('DB_PASSWORD');

// @ts-expect-error -- it is a text
export const wrong: number = secrets.get('DB_PASSWORD');

export const other: unknown = secrets.get('OTHER');

// @ts-expect-error -- nothing is known of another key but that it may be there
export const untold: string = secrets.get('OTHER');

export const signingKey: string = createSecrets().get('SECRET_KEY');

const exact = createSecrets<{ readonly DB_PASSWORD: string }>({ schema: texts('DB_PASSWORD') });

// @ts-expect-error -- there is no such key
exact.get('DB_PASWORD');

// @ts-expect-error -- there is no such option
createSecrets({ secretID: 'shop/production' });

export const one: Promise<string | undefined> = getSecret('DB_PASSWORD');
export const settings: Promise<Settings> = loadSettings({ required: true });
