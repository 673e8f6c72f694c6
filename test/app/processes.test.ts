import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { environmentOf } from '../cli/run-keyturn.ts';
import { sample, secretId, type Trouble, world, type TestWorld } from './support.ts';

const library = fileURLToPath(new URL('../../src/app/index.ts', import.meta.url));

/** A process that says READY, goes on with what it reads from its input, and says what was not handled. */
const prelude = `
  import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
  import { createSecrets, withAuthRetry } from ${JSON.stringify(library)};
  process.on('unhandledRejection', (reason) => console.log('UNHANDLED', reason));
  const next = () => new Promise((resolve) => process.stdin.once('data', resolve));
  const schema = { '~standard': { version: 1, vendor: 'x', validate: (value) => ({ value }) } };
  const made = (options) => createSecrets({ schema, log: false, ...options });
  const hasty = () => new SecretsManagerClient({
    maxAttempts: 1,
    requestHandler: { requestTimeout: 1_000, throwOnRequestTimeout: true },
  });
`;

function run({ clientConfig }: TestWorld, script: string) {
  const env = { KEYTURN_SECRET_ID: secretId };
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', prelude + script],
    { stdio: ['pipe', 'pipe', 'inherit'], env: environmentOf({ clientConfig, env }) },
  );
  const printed = { text: '' };
  child.stdout.on('data', (chunk: Buffer) => (printed.text += chunk.toString()));
  return {
    said: async (word: string) => {
      while (!printed.text.includes(word)) await once(child.stdout, 'data');
    },
    goOn: () => child.stdin.end('go on\n'),
    async ended() {
      await once(child, 'close');
      return { exitCode: child.exitCode, printed: printed.text };
    },
  };
}

describe('in a process of its own', () => {
  test('timers do not keep it alive', async () => {
    const child = run(
      await world(),
      `const secrets = await made().ready();
       console.log(secrets.get('DB_PASSWORD').length);`,
    );
    const { exitCode, printed } = await child.ended();
    expect(exitCode).toBe(0);
    expect(printed).toBe(`${sample.DB_PASSWORD.length}\n`);
  });

  test('nor do those of an outage', async () => {
    const there = await world();
    const child = run(
      there,
      `const secrets = await made().ready();
       console.log('READY');
       await next();
       await secrets.refresh().catch(({ code }) => console.log(code));`,
    );
    await child.said('READY');
    there.trouble('answers 503');
    child.goOn();
    expect(await child.ended()).toEqual({ exitCode: 0, printed: 'READY\nSECRET_UNREACHABLE\n' });
  });

  test('behaviour 7: a read of an endpoint that hangs ends by itself, after three requests', async () => {
    const there = await world();
    there.trouble('hangs');
    const child = run(there, `await made().ready().catch(({ code }) => console.log(code));`);
    expect(await child.ended()).toEqual({ exitCode: 0, printed: 'SECRET_UNREACHABLE\n' });
    expect(there.reads).toHaveLength(3);
  });

  test.each(['hangs', 'answers 503', 'denies access', 'cannot decrypt'] satisfies Trouble[])(
    'no rejection is left unhandled where Secrets Manager %s, and secrets are closed meanwhile',
    async (kind) => {
      const there = await world();
      const child = run(
        there,
        `const client = hasty();
         const short = [0, 1, 2, 3].map(() => made({ client, ttlMs: 20, staleForMs: 0 }));
         await Promise.all(short.map((one) => one.ready()));
         console.log('READY');
         await next();
         // Reads by timers and by calls begin, and nobody waits for them.
         for (let turn = 0; turn < 30; turn += 1) {
           for (const one of short) try { one.get('DB_PASSWORD'); } catch {}
           await new Promise((resolve) => setTimeout(resolve, 10));
         }
         const cold = made({ client });
         try { cold.get('DB_PASSWORD'); } catch {}
         for (const one of [...short, cold]) one.close();
         const refuse = () => { throw Object.assign(new Error('x'), { code: '28P01' }); };
         const signal = AbortSignal.timeout(50);
         const secrets = short[0];
         withAuthRetry(refuse, { secrets, signal }).catch(({ code }) => console.log('DONE', code));
         cold.ready().catch(() => undefined);`,
      );
      await child.said('READY');
      there.trouble(kind);
      child.goOn();

      const { exitCode, printed } = await child.ended();

      expect(printed).not.toContain('UNHANDLED');
      expect(printed).toContain('DONE');
      expect(exitCode).toBe(0);
    },
  );
});
