const { createSecrets, texts } = require('keyturn/app');

const secrets = createSecrets({ schema: texts('DB_PASSWORD') });
void secrets.getSecret('DB_PASSWORD').then((value) => process.stdout.write(value));
