import { writeFile } from 'node:fs/promises';
import { program } from '../src/cli/program.ts';
import { commandReference } from './reference/command-reference.ts';
import { head } from './reference/head.ts';

const page = new URL('../docs/reference.md', import.meta.url);

await writeFile(page, await commandReference(program, head));
