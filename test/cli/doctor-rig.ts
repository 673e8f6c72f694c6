import { LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SNSClient } from '@aws-sdk/client-sns';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import * as v from 'valibot';
import { realClock } from '../../src/local/clock.ts';
import { production } from '../../src/local/stack/environments.ts';
import { startStack } from '../../src/local/stack/stack.ts';
import { textsIn } from '../../src/rotation/redaction.ts';
import { leaksIn } from '../stack/leaks.ts';
import { command } from './run-keyturn.ts';

/** What the machine has on which the command runs. */
export interface Machine {
  readonly args?: readonly string[];
  /** Beside the variables that lead to the local stack; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Files in ~/.aws, by name. */
  readonly aws?: Readonly<Record<string, string>>;
  /** Files in the folder it is started in. */
  readonly files?: Readonly<Record<string, string>>;
  /** Pipes in that folder that nobody writes to. */
  readonly pipes?: readonly string[];
}

const finding = v.object({
  check: v.string(),
  status: v.picklist(['ok', 'warn', 'fail', 'skipped']),
  code: v.optional(v.string()),
  key: v.optional(v.string()),
  message: v.string(),
  fix: v.optional(v.string()),
});

const document = v.object({ healthy: v.boolean(), findings: v.array(finding) });

export const keyArn = 'arn:aws:kms:us-east-1:000000000000:key/0d6c4a6e-54e5-4d0b-9f05-6e8b4b0f0a11';

/** The whole stack as it was deployed, rotation on, policies enforced; and a machine to look from. */
export async function startDoctorRig() {
  const stack = await startStack({
    clock: realClock,
    grace: '1h',
    enforceIam: true,
    parameters: { KmsKeyArn: keyArn },
  });
  Object.assign(stack.rds.behaviour, { statusDelayMs: 20, resetMs: 40, settleMs: 20 });
  const config = { ...stack.clientConfig, maxAttempts: 1 };
  const client = new SecretsManagerClient(config);
  const lambda = new LambdaClient(config);
  const scheduler = new SchedulerClient(config);
  const sns = new SNSClient(config);
  const values = new Set<string>();
  const SecretId = production.secretName;

  async function rotate(changes: { RotateImmediately?: boolean } = {}) {
    await client.send(
      new RotateSecretCommand({
        SecretId,
        RotationLambdaARN: production.rotateArn,
        RotationRules: { ScheduleExpression: 'cron(0 3 1 * ? *)', Duration: '3h' },
        ...changes,
      }),
    );
    await stack.secretsManager.idle();
  }
  await rotate({ RotateImmediately: false });

  async function read(): Promise<Record<string, unknown>> {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
    const found: Record<string, unknown> = JSON.parse(SecretString);
    for (const text of textsIn(found)) values.add(text);
    return found;
  }

  return {
    stack,
    client,
    lambda,
    scheduler,
    sns,
    rotate,
    read,
    /** Makes a text current, as somebody would by hand. */
    put: (SecretString: string, VersionStages?: string[]) =>
      client.send(
        new PutSecretValueCommand({
          SecretId,
          SecretString,
          ...(VersionStages && { VersionStages }),
        }),
      ),
    /** Variables of somebody with these statements for a policy. */
    user(name: string, ...statements: readonly object[]) {
      const user = stack.iam?.users.create(name);
      const accessKeyId = `AKIA${name.toUpperCase().padEnd(16, '7')}`;
      user?.accessKeyIds.add(accessKeyId);
      user?.policies.push({
        name: 'own',
        document: { Version: '2012-10-17', Statement: statements },
      });
      return { AWS_ACCESS_KEY_ID: accessKeyId };
    },

    /** The command in a process of its own; what it prints holds no value that was ever read. */
    async doctor({ args = [], ...machine }: Machine = {}) {
      await read().catch(() => undefined);
      for (const [name, value] of Object.entries(machine.env ?? {})) {
        if (value && /TOKEN$|PASSWORD$/.test(name)) values.add(value);
      }
      const { stdout, stderr, exitCode } = await run(stack.awsUrl, {
        ...machine,
        args: [...(args.length > 0 ? args : [SecretId]), '--json'],
      });
      expect(leaksIn(stdout + stderr, values)).toEqual([]);
      expect(stderr).toBe('');
      const { findings, healthy } = v.parse(v.pipe(v.string(), v.parseJson(), document), stdout);
      const codes = (status: string) => [
        ...new Set(findings.flatMap((each) => (each.status === status ? (each.code ?? '?') : []))),
      ];
      expect({ exitCode, healthy }).toEqual(
        codes('fail').length > 0 ? { exitCode: 1, healthy: false } : { exitCode: 0, healthy: true },
      );
      return {
        findings,
        fails: codes('fail'),
        warnings: codes('warn'),
        of: (code: string) => findings.find((each) => each.code === code),
      };
    },

    run: (machine: Machine) => run(stack.awsUrl, machine),

    async stop() {
      for (const each of [client, lambda, scheduler, sns]) each.destroy();
      await stack.stop();
    },
  };
}

export type DoctorRig = Awaited<ReturnType<typeof startDoctorRig>>;

/** Nothing of the machine that the tests run on is to be seen from there. */
async function run(awsUrl: string, machine: Machine) {
  const { args = [], env = {}, aws = {}, files = {}, pipes = [] } = machine;
  const home = await mkdtemp(path.join(tmpdir(), 'doctor-'));
  await mkdir(path.join(home, '.aws'));
  for (const [name, text] of Object.entries(aws)) {
    await writeFile(path.join(home, '.aws', name), text);
  }
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(home, name), text);
  for (const name of pipes) execFileSync('mkfifo', [path.join(home, name)]);
  const child = spawn(process.execPath, [command, 'doctor', ...args], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL: awsUrl,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      ...env,
    },
  });
  const printed = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (printed.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed.stderr += chunk.toString()));
  await once(child, 'close');
  await rm(home, { recursive: true });
  return { exitCode: child.exitCode, ...printed };
}
