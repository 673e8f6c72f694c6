import { Command } from 'commander';
import { runningEndpoint } from './local-env.ts';
import { sampleToken } from './sample-token.ts';
import { beginPath } from './stack/control.ts';

const { testOnly } = new Command('npm run begin --')
  .description(
    'Arms the rotation of reminder-app/development again, for invocations by hand. Whatever was ' +
      'armed before is given up.',
  )
  .option('--test-only', 'for the step testSecret alone, as after RotateImmediately: false', false)
  .allowExcessArguments(false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
  .opts<{ readonly testOnly: boolean }>();

const next = testOnly
  ? 'reminder-app/development has a passing AWSPENDING version, a copy of the current one. Next:\n' +
    '  npm run invoke -- events/test-only.json\n' +
    '  npm run begin       (takes that version away, and arms a rotation)\n'
  : 'reminder-app/development waits for createSecret. Next:\n' +
    '  npm run invoke -- events/create-secret.json\n';

async function begin(): Promise<void> {
  const endpoint = await runningEndpoint();
  if (!endpoint) throw new Error(notRunning);
  const token = await sampleToken(testOnly ? 'test-only' : 'create-secret');
  const response = await fetch(`${endpoint}${beginPath}`, {
    method: 'POST',
    body: JSON.stringify({ token, testOnly }),
  }).catch(() => {
    throw new Error(notRunning);
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(messageOf(answer));
}

const notRunning = 'The local stack does not run. Start it in another shell: npm run local';

function messageOf(answer: unknown): string {
  const message: unknown = answer instanceof Object ? Reflect.get(answer, 'message') : undefined;
  return typeof message === 'string' ? message : 'The local stack refused.';
}

try {
  await begin();
  process.stdout.write(next);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'It failed.'}\n`);
  process.exitCode = 1;
}
