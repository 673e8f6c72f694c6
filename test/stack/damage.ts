import { randomUUID } from 'node:crypto';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeSecretCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { production } from '../../src/local/stack/environments.ts';
import type { Rig, Values } from './support.ts';

/** Of a token that was made. */
const made = v.looseObject({ secondary_auth_token: v.optional(v.string(), '') });

const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

/** What a person, or a crash, does to the secret of production and the systems behind it. */
export function damageTo({ stack, client }: Rig) {
  const secret = { SecretId: production.secretName };
  const at = (label: string) => stack.secretsManager.inspect(production.secretName, label);

  async function invoke(functionArn: string, event: string): Promise<void> {
    const lambda = new LambdaClient(stack.clientConfig);
    const { FunctionError } = await lambda.send(
      new InvokeCommand({ FunctionName: functionArn, Payload: event }),
    );
    lambda.destroy();
    if (FunctionError) throw new Error('The function failed.');
  }

  /** Twilio's own interface, as its console uses it. */
  async function twilio(method: string, path: string, { TWILIO_ACCOUNT_SID, token }: Login) {
    const authorization = `Basic ${Buffer.from(`${TWILIO_ACCOUNT_SID}:${token}`).toString('base64')}`;
    const response = await fetch(`${stack.twilioUrl}${path}`, {
      method,
      headers: { authorization },
    });
    if (!response.ok) throw new Error(`Twilio answers ${response.status}.`);
    return v.parse(made, response.status === 204 ? {} : await response.json());
  }

  async function moveLabel(label: string, { from, to }: { from?: string; to?: string }) {
    await client.send(
      new UpdateSecretVersionStageCommand({
        ...secret,
        VersionStage: label,
        RemoveFromVersionId: from,
        MoveToVersionId: to,
      }),
    );
  }

  return {
    at,
    valuesAt: (label: string): Values => JSON.parse(at(label)?.secretString ?? '{}'),

    /** A rotation that nobody goes on with after this step; its version. */
    rotationUpTo: async (last?: (typeof steps)[number]): Promise<string> => {
      const token = randomUUID();
      const { secretArn, rotateArn } = production;
      stack.secretsManager.beginRotation(secretArn, { token, functionArn: rotateArn });
      for (const step of steps.slice(0, last ? steps.indexOf(last) + 1 : 0)) {
        const event = {
          Step: step,
          SecretId: secretArn,
          ClientRequestToken: token,
          RotationToken: randomUUID(),
        };
        await invoke(rotateArn, JSON.stringify(event));
      }
      return token;
    },

    /** What is booked for the version that is current, right now. */
    runBooked: async (purpose: string): Promise<void> => {
      const { versionId = '' } = at('AWSCURRENT') ?? {};
      const booked = stack.scheduler
        .schedules()
        .filter(({ Name }) => Name.startsWith(`keyturn-${purpose}-`))
        .find(({ Target }) => Target.Input?.includes(`"current":"${versionId}"`));
      if (!booked?.Target.Input) throw new Error(`No ${purpose} is booked.`);
      await invoke(production.reconcileArn, booked.Target.Input);
    },

    /** The database takes this password and no other. */
    setPassword: (password: string) => stack.postgres.setPassword(production.dbUser, password),

    store: async (text: string): Promise<void> => {
      await client.send(new PutSecretValueCommand({ ...secret, SecretString: text }));
    },

    moveLabel,

    /** Nobody can be at work any more who took something back minutes ago. */
    endLeases: async (): Promise<void> => {
      const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand(secret));
      for (const [versionId, labels] of Object.entries(VersionIdsToStages)) {
        for (const label of labels.filter((each) => each.startsWith('KEYTURN_UNDOING_'))) {
          await moveLabel(label, { from: versionId });
        }
      }
    },

    makeSecondary: (login: Login) => twilio('POST', '/v1/AuthTokens/Secondary', login),
    deleteSecondary: (login: Login) => twilio('DELETE', '/v1/AuthTokens/Secondary', login),
    promote: (login: Login) => twilio('POST', '/v1/AuthTokens/Promote', login),
  };
}

interface Login {
  readonly TWILIO_ACCOUNT_SID: string;
  readonly token: string;
}

export type Damage = ReturnType<typeof damageTo>;
