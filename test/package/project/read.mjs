import { createSecrets, texts } from 'keyturn/app';

const secrets = await createSecrets({ schema: texts('DB_PASSWORD') }).ready();
process.stdout.write(secrets.get('DB_PASSWORD'));
