import { readFile } from 'node:fs/promises';
import { RotateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Command, InvalidArgumentError } from 'commander';
import { realClock } from './clock.ts';
import { aborted, interruption, Interruption } from './interruption.ts';
import { writeLocalEnv } from './local-env.ts';
import { sampleToken } from './sample-token.ts';
import { development, production, type LocalEnvironment } from './stack/environments.ts';
import type { LogLine } from './stack/function-logger.ts';
import { startStack, type Stack } from './stack/stack.ts';
import { welcome } from './welcome.ts';

interface Options {
  readonly host: string;
  readonly port: number;
  readonly twilioPort?: number;
  readonly grace: string;
  readonly secretFile?: string;
  readonly enforceIam: boolean;
}

await new Command('npm run local --')
  .description('Keeps the local stack up, for any AWS client, until Ctrl-C.')
  .option('--host <address>', 'the address to listen on; 0.0.0.0 takes all', '127.0.0.1')
  .option('--port <n>', 'the port of the AWS endpoint; 0 takes a free one', toPort, 4566)
  .option('--twilio-port <n>', 'the port of Twilio (default: the next one)', toPort)
  .option('--grace <time>', 'how long a superseded Twilio token lives on', toGrace, '60s')
  .option('--enforce-iam', 'hold the functions to the policies of template.yaml', false)
  .option('--secret-file <file>', 'a JSON object to start reminder-app/production from')
  .allowExcessArguments(false)
  .action(serve)
  .parseAsync();

async function serve(options: Options): Promise<void> {
  const signal = interruption();
  const endings: (() => Promise<void>)[] = [];
  try {
    const stack = await startStack({ ...(await stackOptions(options)), signal });
    endings.push(() => stack.stop());
    await turnOnRotation(stack);
    endings.push(await writeLocalEnv(stack));
    print(welcome(stack, options.host));
    await aborted(signal);
  } catch (error) {
    if (error instanceof Interruption) return print('\nThe local stack has ended.\n');
    process.stderr.write(`${error instanceof Error ? error.message : 'It failed.'}\n`);
    process.exitCode = 1;
  } finally {
    for (const end of endings.toReversed()) await end();
  }
}

async function stackOptions(options: Options) {
  const { host, port, twilioPort, grace, secretFile, enforceIam } = options;
  return {
    clock: realClock,
    host,
    ports: { aws: port, twilio: twilioPort ?? (port === 0 ? 0 : port + 1) },
    grace,
    enforceIam,
    secretText: secretFile === undefined ? undefined : await readSecretFile(secretFile),
    onLog: printLogLine,
    onError: printFailure,
  };
}

async function readSecretFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    throw new Error(`The file ${path} cannot be read. Name a file that holds one JSON object.`);
  }
}

/** As in the console: rotation is on, and the set-up has been tried with testSecret alone. */
async function turnOnRotation({ clientConfig, secretsManager }: Stack): Promise<void> {
  const client = new SecretsManagerClient(clientConfig);
  await client.send(
    new RotateSecretCommand({
      SecretId: production.secretName,
      RotationLambdaARN: production.rotateArn,
      RotationRules: { ScheduleExpression: 'cron(0 3 1 * ? *)', Duration: '2h' },
      RotateImmediately: false,
    }),
  );
  await secretsManager.idle();
  client.destroy();
  secretsManager.beginRotation(development.secretName, {
    token: await sampleToken(),
    functionArn: development.rotateArn,
  });
}

function printLogLine({ name }: LocalEnvironment, line: LogLine): void {
  const { level, message, code } = line;
  const time = new Date().toISOString().slice(11, 19);
  print(`${time} ${name} ${level} ${message}${code ? ` [${code}]` : ''}\n`);
}

/** Where a stand-in failed. Its message may hold a value. */
function printFailure(error: unknown): void {
  const { name = typeof error, stack = '' } = error instanceof Error ? error : {};
  const places = stack
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 5);
  print([`The local stack failed: ${name}`, ...places, ''].join('\n'));
}

function print(text: string): void {
  process.stdout.write(text);
}

function toPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a port, from 0 to 65535.');
}

function toGrace(text: string): string {
  if (/^\d+[smhd]$/.test(text)) return text;
  throw new InvalidArgumentError('It must be a number and a unit, such as 60s, 5m or 1h.');
}
