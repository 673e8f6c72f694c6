import {
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { expect } from 'vitest';
import { realClock } from '../../src/local/clock.ts';
import type { Call, RotationEvent } from '../../src/local/secrets-manager/secrets-manager.ts';
import { userAgentOf } from '../../src/local/stack/deployment.ts';
import { production } from '../../src/local/stack/environments.ts';
import type { LogLine } from '../../src/local/stack/function-logger.ts';
import { startStack, type Stack } from '../../src/local/stack/stack.ts';
import type { Strategy } from '../../src/local/strategies/strategy.ts';
import type { Parameters } from '../../src/local/template/deployed-stack.ts';
import { login } from '../local/postgres/login.ts';

/** The values of the Reminder App's secret. */
export interface Values {
  readonly SECRET_KEY: string;
  readonly DB_PASSWORD: string;
  readonly TWILIO_ACCOUNT_SID: string;
  readonly TWILIO_AUTH_TOKEN: string;
  readonly SECRET_KEY_FALLBACKS?: readonly string[];
}

interface RigOptions {
  readonly grace: string;
  /** Of template.yaml, for production. */
  readonly parameters?: Parameters;
  /** How production is rotated. Default: one key of each kind. */
  readonly strategy?: Strategy | undefined;
}

/**
 * The whole stack, held to the policies of the template, and a client of its production as an
 * operator has one. Nothing any test does may need a permission that the template lacks.
 */
export async function startRig({ grace, parameters = {}, strategy }: RigOptions) {
  const lines: LogLine[] = [];
  const metrics: string[] = [];
  const events: RotationEvent[] = [];
  const stack = await startStack({
    clock: realClock,
    grace,
    parameters,
    strategy,
    enforceIam: true,
    onLog: (_environment, line) => void lines.push(line),
    onMetrics: (_environment, line) => void metrics.push(line),
  });
  stack.secretsManager.behaviour.retryDelayMs = 20;
  stack.lambda.behaviour.retryDelaysMs = [1_000, 2_000];
  Object.assign(stack.rds.behaviour, { statusDelayMs: 20, resetMs: 40, settleMs: 20 });
  stack.secretsManager.onEvent((event) => void events.push(event));
  const client = new SecretsManagerClient({ ...stack.clientConfig, maxAttempts: 1 });

  return {
    stack,
    client,
    lines,
    metrics,
    events,

    async begin(changes: { RotateImmediately?: boolean; ClientRequestToken?: string } = {}) {
      const { VersionId = '' } = await client.send(
        new RotateSecretCommand({
          SecretId: production.secretName,
          RotationLambdaARN: production.rotateArn,
          ...changes,
        }),
      );
      return VersionId;
    },

    /** Rotates, retries included; answers what Secrets Manager made of it. */
    async rotate(changes: { RotateImmediately?: boolean } = {}) {
      events.length = 0;
      const before = stack.secretsManager.calls.length;
      await this.begin(changes);
      await stack.secretsManager.idle();
      const calls = stack.secretsManager.calls.slice(before).filter(isOfFunction);
      return { outcome: events.at(-1)?.type, calls };
    },

    /** What an application reads. */
    async read(): Promise<Values> {
      const { SecretString = '' } = await client.send(
        new GetSecretValueCommand({ SecretId: production.secretName }),
      );
      return JSON.parse(SecretString);
    },

    codes: () => lines.flatMap(({ level, code }) => (level === 'ERROR' && code ? [code] : [])),

    async stop() {
      client.destroy();
      await stack.stop();
      expect(stack.iam?.report().denied).toEqual([]);
    },
  };
}

export type Rig = Awaited<ReturnType<typeof startRig>>;

/** The steps that failed, as `createSecret 1`, with the number of the attempt. */
export const failedSteps = ({ events }: Rig) =>
  events.flatMap(({ type, step, attempt }) =>
    type === 'StepFailed' ? [`${step} ${attempt}`] : [],
  );

/** Which of these credentials the real systems take. */
export async function accepted({ postgres, twilio }: Stack, values: Values) {
  const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token, DB_PASSWORD } = values;
  return {
    database: (await login(postgres, production.dbUser, DB_PASSWORD)) === production.dbUser,
    twilio: [twilio.primaryOf(sid), twilio.secondaryOf(sid)].includes(token),
  };
}

export const works = { database: true, twilio: true };

export const isWrite = ({ operation }: Call) =>
  operation === 'PutSecretValue' || operation === 'UpdateSecretVersionStage';

const isOfFunction = ({ userAgent }: Call) => userAgent.includes(userAgentOf(production.rotateArn));
