import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Table from 'cli-table3';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const folder = join(import.meta.dirname, 'breaks');

/** A deliberate mistake in the protocol, and the run of the fault matrix that must find it. */
interface Break {
  readonly name: string;
  readonly what: string;
  /** As `npm run test:faults -- --only` takes it. */
  readonly foundBy: string;
}

/** A patch begins with a sentence that says what it breaks, and the run that finds it. */
async function readBreak(file: string): Promise<Break> {
  const text = await readFile(join(folder, file), 'utf8');
  const head = text.slice(0, text.indexOf('\ndiff '));
  const [, what = '', foundBy = ''] = /^(.+?)\n+Found by: (.+?)\s*$/s.exec(head) ?? [];
  if (!foundBy) throw new Error(`${file} does not say which run finds it ("Found by: …").`);
  return { name: file.replace(/\.patch$/, ''), what: what.replaceAll('\n', ' '), foundBy };
}

/** What a run of the matrix finds wrong in this copy of the project; `[]` where it survives. */
async function findings(copy: string, id: string): Promise<readonly string[]> {
  const args = ['--disable-warning=DeprecationWarning', 'test/faults/run.ts', '--only', id];
  const { stdout, stderr } = await run(process.execPath, args, {
    cwd: copy,
    maxBuffer: 1 << 26,
  }).catch((error: unknown) => outputOf(error));
  const found = [...stdout.matchAll(/^✗ (.+)$/gm)].map(([, violation = '']) => violation);
  if (found.length === 0 && !stdout.includes('✓')) throw new Error(stderr || stdout);
  return found;
}

function outputOf(error: unknown): { stdout: string; stderr: string } {
  if (error instanceof Error && 'stdout' in error && 'stderr' in error) {
    return { stdout: String(error.stdout), stderr: String(error.stderr) };
  }
  throw error;
}

/** What of the project a run of the matrix needs. */
const parts = [
  'src',
  'test',
  'package.json',
  'rotation.config.ts',
  'template.yaml',
  'tsconfig.json',
];

/** Runs it in a copy of the project, with the break and without. */
async function tryOut({ name, foundBy }: Break): Promise<{ broken: string[]; sound: string[] }> {
  const copy = await mkdtemp(join(tmpdir(), 'keyturn-break-'));
  try {
    for (const part of parts) {
      await cp(join(root, part), join(copy, part), { recursive: true });
    }
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
    const sound = await findings(copy, foundBy);
    await run('git', ['apply', join(folder, `${name}.patch`)], { cwd: copy }).catch(() => {
      throw new Error(`${name}.patch does not apply to the code any more: make the break anew.`);
    });
    const broken = await findings(copy, foundBy);
    return { broken: [...broken], sound: [...sound] };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

const files = (await readdir(folder)).filter((file) => file.endsWith('.patch')).toSorted();
const breaks = await Promise.all(files.map(readBreak));
const table = new Table({
  head: ['break', 'found by', 'what was found'],
  style: { head: [], border: [], compact: true },
  colWidths: [34, 44, 60],
  wordWrap: true,
});
let missed = 0;
for (const each of breaks) {
  const { broken, sound } = await tryOut(each);
  const found = broken.length > 0 && sound.length === 0;
  if (!found) missed += 1;
  process.stderr.write(`${found ? '✓' : '✗'} ${each.name}\n`);
  const outcome =
    sound.length > 0 ? `WITHOUT THE BREAK TOO: ${sound.join('; ')}` : broken.join('; ');
  table.push([each.name, each.foundBy, outcome || 'NOTHING']);
}
process.stdout.write(
  `${table.toString()}\n${breaks.length - missed} of ${breaks.length} breaks found\n`,
);
process.exitCode = missed === 0 ? 0 : 1;
