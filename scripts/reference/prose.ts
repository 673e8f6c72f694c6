/** Options, and names with an underscore: what a reader would type as it is. */
const literal = /(?<![\w-])--?[a-z][\w-]*(?:=\S*[\w>])?|\b[A-Z]+(?:_[A-Z*]+)+/g;

/** Plain text as Markdown: paragraphs on a line each, and a list where lines begin with an option. */
export function prose(text: string): string {
  return text
    .split(/\n{2,}/)
    .map((paragraph) => (/^-.*\n-/.test(paragraph) ? listed(paragraph) : oneLine(paragraph)))
    .map(marked)
    .join('\n\n');
}

const oneLine = (lines: string) => lines.replaceAll('\n', ' ');

const listed = (lines: string) => lines.replaceAll(/\n(?!-)/g, ' ').replaceAll(/^(?=-)/gm, '- ');

/** What Markdown would take for its own is escaped; names are code. */
function marked(text: string): string {
  let end = 0;
  let result = '';
  for (const match of text.matchAll(literal)) {
    result += `${escaped(text.slice(end, match.index))}\`${match[0]}\``;
    end = match.index + match[0].length;
  }
  return result + escaped(text.slice(end));
}

const escaped = (text: string) => text.replaceAll(/[\\`*<>[\]]/g, String.raw`\$&`);

/** Lines of examples without the space before them. */
export const commandLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.replace(/^ {2}/, ''))
    .join('\n')
    .trim();
