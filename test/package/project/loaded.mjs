// Tells which modules are loaded with `keyturn/app`, and which with its first read.
import { isBuiltin, registerHooks } from 'node:module';

const loaded = [];
registerHooks({
  load(url, context, next) {
    if (!isBuiltin(url)) loaded.push(url);
    return next(url, context);
  },
});

const { createSecrets, texts } = await import('keyturn/app');
const secrets = createSecrets({ schema: texts('DB_PASSWORD') });
const before = loaded.splice(0);
await secrets.ready();
process.stdout.write(JSON.stringify({ before, after: loaded }));
