import * as fc from 'fast-check';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { samConfig } from '../../src/cli/init/deployment/samconfig.ts';
import { anyAnswers } from './any-answers.ts';

const reader = fileURLToPath(new URL('read_samconfig.py', import.meta.url));
const cache = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'keyturn');

/** The Python of the environment that .ci/sam keeps; `undefined` where there is none. */
function pythonOfSam(): string | undefined {
  const names = list(cache).filter((name) => /^venv-\d+$/.test(name));
  return names
    .map((name) => path.join(readFileSync(path.join(cache, name), 'utf8').trim(), 'bin/python'))
    .find((python) => spawnSync(python, ['-c', 'import samcli']).status === 0);
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const python = pythonOfSam();
const env = { ...process.env, SAM_CLI_TELEMETRY: '0' };
const region = 'eu-west-1';
const stackName = 'keyturn-production';

function readBySam(asked: readonly object[]): readonly unknown[] {
  const input = JSON.stringify(asked);
  const read = spawnSync(python ?? '', [reader], { input, encoding: 'utf8', maxBuffer: 1e9, env });
  expect(read.stderr).toBe('');
  return v.parse(v.array(v.unknown()), JSON.parse(read.stdout));
}

/** Needs the SAM CLI, which .ci/sam installs beside the project. */
describe.skipIf(python === undefined)(
  'the SAM CLI itself (skipped where .ci/sam never ran)',
  { timeout: 180_000 },
  () => {
    let folder: string;

    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'keyturn-sam-'));
    });
    afterAll(() => rm(folder, { recursive: true }));

    const written = async (name: string, text: string) => {
      await mkdir(path.join(folder, name));
      await writeFile(path.join(folder, name, 'samconfig.toml'), text);
      return path.join(folder, name);
    };

    const settings = {
      stack_name: stackName,
      region,
      capabilities: 'CAPABILITY_IAM',
      confirm_changeset: true,
      resolve_s3: true,
      s3_prefix: stackName,
    };

    test('reads every answer that is taken as it was given', async () => {
      const all = fc.sample(anyAnswers, 300);
      const asked = await Promise.all(
        all.map(async (answers, index) => {
          const deployment = { stackName, answers };
          const { text, table } = samConfig({ deployment, region, before: undefined });
          return { folder: await written(`fresh-${index}`, text), table };
        }),
      );

      const read = readBySam(asked);
      for (const [index, answers] of all.entries()) {
        expect(read[index]).toEqual({ ...settings, parameter_overrides: answers });
      }
    });

    test('reads a table that was added to a file, and what was in it before', async () => {
      const before =
        'version = 0.1\n[default.deploy.parameters]\nstack_name = "x"\nparameter_overrides = "DbName=x"\n';
      const answers = { Environment: 'testing', Schedule: 'cron(0 3 1 * ? *)' };
      const { text, table } = samConfig({ deployment: { stackName, answers }, region, before });
      const place = await written('added', text);

      expect(table).toBe('testing');
      const [earlier, added] = readBySam([
        { folder: place, table: 'default' },
        { folder: place, table, command: true },
      ]);
      expect(earlier).toEqual({ stack_name: 'x', parameter_overrides: { DbName: 'x' } });
      expect(added).toEqual({
        ...settings,
        capabilities: ['CAPABILITY_IAM'],
        parameter_overrides: answers,
      });
    });
  },
);
