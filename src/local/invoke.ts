import { join } from 'node:path';
import { Command, Option } from 'commander';
import { functionVariables } from './invoke/function-variables.ts';
import { readableLine } from './invoke/readable-line.ts';
import { runFunction } from './invoke/run-function.ts';
import { readSampleEvent, type SampleEvent } from './invoke/sample-event.ts';
import { assertStackAnswers } from './invoke/stack-answers.ts';
import { UsageError } from './invoke/usage-error.ts';

const example = 'npm run invoke -- events/create-secret.json';
const dist = join(import.meta.dirname, '../../dist');

await new Command('npm run invoke --')
  .description('Runs sample events on the built functions, against the stack of `npm run local`.')
  .argument('<event...>', 'JSON files, run in their order until one fails')
  .option('--bundle <directory>', 'where the functions were built', dist)
  .addOption(
    new Option('--artifact <directory>', 'what `sam build` made instead: .aws-sam/build').conflicts(
      'bundle',
    ),
  )
  .addHelpText('after', `\nExample: ${example}`)
  .showHelpAfterError(`Name at least one event, such as: ${example}`)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .action(invoke)
  .parseAsync();

interface Built {
  readonly bundle: string;
  readonly artifact?: string;
}

async function invoke(files: readonly string[], built: Built): Promise<void> {
  try {
    const events = await Promise.all(files.map((file) => readSampleEvent(file)));
    for (const event of events) {
      if (!(await succeeds(event, built))) return void (process.exitCode = 1);
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}

async function succeeds(event: SampleEvent, built: Built): Promise<boolean> {
  const variables = await functionVariables(event.function.logicalId, process.env);
  await assertStackAnswers(variables['AWS_ENDPOINT_URL'] ?? '');

  const { ms, failure } = await runFunction(event, {
    module: moduleOf(event, built),
    variables,
    onLine: (line) => print(readableLine(line)),
  });
  print(
    failure
      ? `${event.title} failed: [${failure.code}] ${failure.message}`
      : `${event.title} succeeded in ${ms} ms`,
  );
  return !failure;
}

/** `sam build` makes a folder for each function. */
function moduleOf({ function: built }: SampleEvent, { bundle, artifact }: Built): string {
  return artifact === undefined
    ? join(bundle, built.module)
    : join(artifact, built.logicalId, built.module);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
