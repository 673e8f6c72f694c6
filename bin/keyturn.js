#!/usr/bin/env node
import { existsSync } from 'node:fs';

// A checkout has the source, which runs as it is; a package has what was built of it, since Node
// strips no types under node_modules.
const source = new URL('../src/cli/keyturn.ts', import.meta.url);
const built = new URL('../lib/cli/keyturn.js', import.meta.url);

await import(existsSync(source) ? source.href : built.href);
