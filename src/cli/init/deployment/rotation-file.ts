import { environments } from '../options.ts';
import { quoted } from './expressions.ts';
import type { Entry } from './rotations.ts';

/**
 * The text of a rotation.config.ts with these entries, laid out as prettier does it. The same for each
 * environment whose keys are the same.
 */
export function rotationFile(secret: string, entries: readonly Entry[]): string {
  return [
    "import { defineRotation } from './src/rotators/configuration.ts';",
    '',
    '/**',
    ' * Which key of the secret is rotated how. It reads the variables that the template sets from its',
    ' * parameters. Keys that are not named here are carried over byte for byte.',
    ' */',
    'export default defineRotation((env) => [',
    '  {',
    `    secret: env.KEYTURN_SECRET ?? ${quoted(patternOf(secret))},`,
    '    keys: {',
    ...entries.flatMap(linesOf),
    '    },',
    '  },',
    ']);',
    '',
  ].join('\n');
}

/** `shop/*` for shop/production. */
const patternOf = (secret: string) => {
  const environment = environments.find((name) => secret.endsWith(`/${name}`)) ?? '';
  return environment === '' ? secret : `${secret.slice(0, -environment.length)}*`;
};

function linesOf({ key, when, fields }: Entry): readonly string[] {
  const name = /^[A-Za-z_]\w*$/.test(key) ? key : quoted(key);
  const lines = fields.map(([field, { code }]) => `  ${field}: ${code},`);
  if (when === undefined) return indented(6, [`${name}: {`, ...lines, '},']);
  const inner = indented(2, [`${name}: {`, ...lines, '},']);
  return indented(6, [`...(${when.code} && {`, ...inner, '}),']);
}

const indented = (by: number, lines: readonly string[]) =>
  lines.map((line) => `${' '.repeat(by)}${line}`);
