import { runningEndpoint } from './local-env.ts';
import { sampleToken } from './sample-token.ts';
import { beginPath } from './stack/control.ts';

/** Arms the rotation of reminder-app/development again, for invocations by hand. */
async function begin(): Promise<string> {
  const endpoint = await runningEndpoint();
  if (!endpoint) throw new Error(notRunning);
  const response = await fetch(`${endpoint}${beginPath}`, {
    method: 'POST',
    body: JSON.stringify({ token: await sampleToken() }),
  }).catch(() => {
    throw new Error(notRunning);
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(messageOf(answer));
  return (
    'reminder-app/development waits for createSecret. Next:\n' +
    '  npm run invoke -- events/create-secret.json\n'
  );
}

const notRunning = 'The local stack does not run. Start it in another shell: npm run local';

function messageOf(answer: unknown): string {
  const message: unknown = answer instanceof Object ? Reflect.get(answer, 'message') : undefined;
  return typeof message === 'string' ? message : 'The local stack refused.';
}

try {
  process.stdout.write(await begin());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'It failed.'}\n`);
  process.exitCode = 1;
}
