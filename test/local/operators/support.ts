import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SNSClient } from '@aws-sdk/client-sns';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import { XMLParser } from 'fast-xml-parser';
import * as v from 'valibot';
import { onTestFinished } from 'vitest';
import { createAwsEndpoint } from '../../../src/local/aws-endpoint.ts';
import { DrivenClock } from '../../../src/local/driven-clock.ts';
import type { LocalFunction } from '../../../src/local/functions.ts';
import { serveHttp } from '../../../src/local/http-server.ts';
import { createIam } from '../../../src/local/iam/create-iam.ts';
import { invocableBySecretsManager } from '../../../src/local/iam/services.ts';
import { createLambda } from '../../../src/local/lambda/create-lambda.ts';
import { createSecretsManager } from '../../../src/local/secrets-manager/secrets-manager.ts';
import { templateOf } from '../../../src/local/stack/deployment.ts';
import { production } from '../../../src/local/stack/environments.ts';
import { createOperatorServices } from '../../../src/local/stack/operator-services.ts';
import type { Parameters } from '../../../src/local/template/deployed-stack.ts';

/** What the template is deployed with, beside what production has. */
interface Options {
  readonly parameters?: Parameters;
  readonly holdsRoles?: boolean;
}

/** What an operator asks, deployed for production, behind real HTTP; its functions pass each step. */
export async function startOperators({ parameters = {}, holdsRoles = false }: Options = {}) {
  const clock = new DrivenClock();
  const iam = createIam({ holdsRoles });
  const functions = new Map<string, LocalFunction>();
  const lambda = createLambda({ clock, functions });
  const secretsManager = createSecretsManager({
    clock,
    functions: invocableBySecretsManager(iam, functions, (arn) => lambda.policyOf(arn)),
  });
  const operators = createOperatorServices({ clock, iam, secretsManager, lambda });
  const services = [secretsManager.service, lambda.service, ...operators.services];
  const server = await serveHttp(createAwsEndpoint(services, { guard: operators.guard }));
  onTestFinished(async () => {
    secretsManager.close();
    await lambda.close();
    await server.close();
  });

  operators.deploy(templateOf(production, '1h', parameters), { KEYTURN_SECRET: 'the secret' });
  for (const arn of [production.rotateArn, production.reconcileArn]) {
    functions.set(arn, async () => undefined);
  }
  secretsManager.createSecret({
    name: production.secretName,
    arnSuffix: production.arnSuffix,
    secretString: '{}',
  });
  return { clock, secretsManager, lambda, server, ...clientsOf(server.url) };
}

const configOf = (endpoint: string, accessKeyId: string, region: string) => ({
  endpoint,
  region,
  credentials: { accessKeyId, secretAccessKey: 'local' },
  maxAttempts: 1,
});

/** AWS's own clients, of whoever has an access key. */
function clientsOf(url: string) {
  const as = (accessKeyId: string, region = 'us-east-1') => {
    const config = configOf(url, accessKeyId, region);
    return {
      secrets: new SecretsManagerClient(config),
      functions: new LambdaClient(config),
      sts: new STSClient(config),
      alarms: new CloudWatchClient(config),
      topics: new SNSClient(config),
    };
  };
  return { as, ...as('local'), iam: formsOf(url), keys: targetsOf(url) };
}

const signedFor = (service: string, accessKeyId = 'local') =>
  `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/${service}/aws4_request`;

/** IAM as its clients speak to it: they are no dependency of the project. */
function formsOf(url: string) {
  return async (Action: string, members: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: signedFor('iam') },
      body: new URLSearchParams({ Action, Version: '2010-05-08', ...members }),
    });
    return { status: response.status, text: await response.text() };
  };
}

/** KMS likewise. Answers what the answer holds, and its name where it is an error. */
function targetsOf(url: string) {
  return async (operation: string, body: object = {}, accessKeyId = 'local') => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: signedFor('kms', accessKeyId),
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `TrentService.${operation}`,
      },
      body: JSON.stringify(body),
    });
    return v.parse(v.record(v.string(), v.unknown()), await response.json());
  };
}

export type Operators = Awaited<ReturnType<typeof startOperators>>;

/** A user with this policy: its access key's id. */
export async function userWith({ iam }: Operators, Statement: readonly object[]): Promise<string> {
  await iam('CreateUser', { UserName: 'reader' });
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await iam('PutUserPolicy', { UserName: 'reader', PolicyName: 'rights', PolicyDocument });
  const { text } = await iam('CreateAccessKey', { UserName: 'reader' });
  return v.parse(accessKey, new XMLParser().parse(text)).CreateAccessKeyResponse
    .CreateAccessKeyResult.AccessKey.AccessKeyId;
}

const accessKey = v.object({
  CreateAccessKeyResponse: v.object({
    CreateAccessKeyResult: v.object({ AccessKey: v.object({ AccessKeyId: v.string() }) }),
  }),
});

export const allowing = (...Action: readonly string[]) => ({
  Effect: 'Allow',
  Action,
  Resource: '*',
});
