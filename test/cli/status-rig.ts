import {
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { expect } from 'vitest';
import { realClock, type LocalClock } from '../../src/local/clock.ts';
import { production, type LocalEnvironment } from '../../src/local/stack/environments.ts';
import type { LogLine } from '../../src/local/stack/function-logger.ts';
import { startStack } from '../../src/local/stack/stack.ts';
import { textsIn } from '../../src/rotation/redaction.ts';
import { expectSilent } from '../support/expect-told.ts';
import { runKeyturn } from './run-keyturn.ts';

/** Rotated every month, in a window of four hours. */
const rules = { ScheduleExpression: 'rate(30 days)', Duration: '4h' };

/** The local stack, and the command against it; whatever that prints must show no value. */
export async function startStatusRig({ clock = realClock }: { clock?: LocalClock } = {}) {
  const lines: LogLine[] = [];
  const stack = await startStack({
    clock,
    grace: '1h',
    enforceIam: true,
    onLog: (_environment, line) => void lines.push(line),
  });
  Object.assign(stack.rds.behaviour, { statusDelayMs: 20, resetMs: 40, settleMs: 20 });
  stack.secretsManager.behaviour.retryDelayMs = 20;
  const client = new SecretsManagerClient(stack.clientConfig);
  const { secretName } = production;
  const seen = new Set<string>();

  /** Every value the secret ever had under a label; the SID is no secret, and messages tell it. */
  function values(): readonly string[] {
    for (const label of ['AWSCURRENT', 'AWSPREVIOUS', 'AWSPENDING']) {
      const text = stack.secretsManager.inspect(secretName, label)?.secretString;
      const { TWILIO_ACCOUNT_SID: _sid, ...secrets } = JSON.parse(text ?? '{}');
      for (const value of textsIn(secrets)) seen.add(value);
    }
    return [...seen];
  }

  return {
    stack,
    client,
    secretName,
    values,

    async status(...args: string[]) {
      const ended = await runKeyturn(stack, 'status', ...args);
      expectSilent(ended.stdout + ended.stderr, values());
      return ended;
    },

    /** The document about production. */
    async document() {
      const { exitCode, stdout } = await this.status(secretName, '--json');
      const { secrets } = JSON.parse(stdout);
      return { exitCode, ...secrets[0] };
    },

    async rotate(
      { secretName: SecretId, rotateArn: RotationLambdaARN }: LocalEnvironment = production,
      changes: { RotateImmediately?: boolean } = {},
    ) {
      await client.send(
        new RotateSecretCommand({ SecretId, RotationLambdaARN, RotationRules: rules, ...changes }),
      );
      await stack.secretsManager.idle();
    },

    /** A rotation as far as its token: AWSPENDING is on a version that has no value yet. */
    begin: (token: string) =>
      stack.secretsManager.beginRotation(secretName, { token, functionArn: production.rotateArn }),

    takeOff: (label: string, versionId: string) =>
      client.send(
        new UpdateSecretVersionStageCommand({
          SecretId: secretName,
          VersionStage: label,
          RemoveFromVersionId: versionId,
        }),
      ),

    /** How often the systems were asked. */
    inspections: () => lines.filter(({ step, verb }) => step === 'inspect' && verb === undefined),
    lines,

    async stop() {
      client.destroy();
      await stack.stop();
      expect(stack.iam?.report().denied).toEqual([]);
    },
  };
}

export type StatusRig = Awaited<ReturnType<typeof startStatusRig>>;

/** Real time, and the stand-ins think that it is so much earlier. */
export const behind = (ms: number): LocalClock => ({
  ...realClock,
  now: () => new Date(Date.now() - ms),
});
