import type { Command } from 'commander';
import { format, resolveConfig } from 'prettier';
import { commandLines, prose } from './prose.ts';

/** docs/reference.md: every command as `--help` shows it. The same for the same commands, always. */
export async function commandReference(program: Command, head: string): Promise<string> {
  const sections = commandsIn(program).map((path) => sectionOf(path));
  const text = [head, ...sections].join('\n\n');
  const config = await resolveConfig(import.meta.filename);
  return format(text, { ...config, parser: 'markdown' });
}

/** Each command with those it belongs to, as on the command line. */
export function commandsIn(program: Command): readonly (readonly Command[])[] {
  return program.commands.flatMap((command) => [
    [program, command],
    ...command.commands.map((each) => [program, command, each]),
  ]);
}

function sectionOf(path: readonly Command[]): string {
  const command = path.at(-1) ?? path[0];
  if (!command) return '';
  const name = path.map((each) => each.name()).join(' ');
  const { text, examples } = helpText(command);
  return [
    `## \`${name}\``,
    prose(command.description()),
    fenced(`${name} ${command.usage()}`),
    tableOf('argument', argumentsOf(command)),
    tableOf('option', optionsOf(command)),
    prose(text),
    examples === '' ? '' : `_Examples:_\n\n${fenced(examples)}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

type Row = readonly [term: string, description: string];

function argumentsOf(command: Command): readonly Row[] {
  const help = command.createHelp();
  return help
    .visibleArguments(command)
    .map((each) => [help.argumentTerm(each), help.argumentDescription(each)]);
}

/** What is off unless it is given needs no word. */
function optionsOf(command: Command): readonly Row[] {
  const help = command.createHelp();
  return help
    .visibleOptions(command)
    .filter(({ long }) => long !== '--help')
    .map((each) => [
      help.optionTerm(each),
      help
        .optionDescription(each)
        .replace(/ \(default: (?:false|true|\[\])\)$/, '')
        .replace(/\((?:choices|default): .*\)$/, (said) => said.replaceAll('"', '')),
    ]);
}

function tableOf(head: string, rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const lines = rows.map(
    ([term, description]) => `| \`${term}\` | ${prose(description).replaceAll('|', '\\|')} |`,
  );
  return [`| ${head} | meaning |`, '| --- | --- |', ...lines].join('\n');
}

/** What was added to the help of a command: text, and the examples at its end. */
export function helpText(command: Command): { readonly text: string; readonly examples: string } {
  let shown = '';
  const before = command.configureOutput();
  command.configureOutput({ writeOut: (text) => void (shown += text), getOutHelpWidth: () => 80 });
  command.outputHelp();
  const added = shown.slice(command.helpInformation().length);
  command.configureOutput(before);
  const [text = '', examples = ''] = added.split(/^Examples?:$/m);
  return { text: text.trim(), examples: commandLines(examples) };
}

const fenced = (text: string) => `\`\`\`sh\n${text}\n\`\`\``;
