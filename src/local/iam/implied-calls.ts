import { localAccount, localRegion } from '../aws-service.ts';
import type { ApiCall } from './api-call.ts';

/** What a function is, as far as AWS acts for it without a call of its own. */
export interface RunningFunction {
  readonly name: string;
  readonly inVpc: boolean;
}

/**
 * What Lambda does as a function's role whenever it runs one, beside the function's own calls.
 * Sources: "Sending Lambda function logs to CloudWatch Logs" and "Giving Lambda functions access to
 * resources in an Amazon VPC" in AWS's Lambda Developer Guide. The log group is the template's own,
 * so that Lambda creates none.
 */
export function impliedByRunning({ name, inVpc }: RunningFunction): readonly ApiCall[] {
  const group = `arn:aws:logs:${localRegion}:${localAccount}:log-group:/aws/lambda/${name}`;
  const stream = `${group}:log-stream:local`;
  const onStream = ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({
    action,
    resource: stream,
    context: {},
  }));
  return inVpc ? [...onStream, ...networkInterfaces] : onStream;
}

const ec2 = (kind: string) => `arn:aws:ec2:${localRegion}:${localAccount}:${kind}/${kind}-local`;

const networkInterfaces: readonly ApiCall[] = [
  ['ec2:AssignPrivateIpAddresses', ec2('network-interface')],
  ['ec2:CreateNetworkInterface', ec2('subnet')],
  ['ec2:DeleteNetworkInterface', ec2('network-interface')],
  ['ec2:DescribeNetworkInterfaces', '*'],
  ['ec2:DescribeSubnets', '*'],
  ['ec2:UnassignPrivateIpAddresses', ec2('network-interface')],
].map(([action = '', resource = '']) => ({ action, resource, context: {} }));

/**
 * What Secrets Manager asks KMS for as the caller, where a secret has a customer managed key.
 * Source: "Secret encryption and decryption in AWS Secrets Manager" in AWS's Secrets Manager User
 * Guide: a read decrypts, a write of a value makes a data key.
 */
export function impliedByKmsKey(
  action: string,
  { keyArn, secretArn }: { readonly keyArn: string; readonly secretArn: string },
): readonly ApiCall[] {
  const context = {
    'kms:EncryptionContext:SecretARN': secretArn,
    'kms:ViaService': `secretsmanager.${localRegion}.amazonaws.com`,
  };
  const used = kmsActions[action] ?? [];
  return used.map((kms) => ({ action: kms, resource: keyArn, context }));
}

const kmsActions: Readonly<Record<string, readonly string[]>> = {
  'secretsmanager:CreateSecret': ['kms:GenerateDataKey', 'kms:Decrypt'],
  'secretsmanager:GetSecretValue': ['kms:Decrypt'],
  // A write whose token is taken is compared with the value that is there.
  'secretsmanager:PutSecretValue': ['kms:GenerateDataKey', 'kms:Decrypt'],
  'secretsmanager:UpdateSecret': ['kms:GenerateDataKey', 'kms:Decrypt'],
};

/**
 * Handing a role to a service needs leave to. Source: "Identity-based policies for EventBridge
 * Scheduler" in AWS's Scheduler User Guide.
 */
export const impliedByTarget = (roleArn: string): ApiCall => ({
  action: 'iam:PassRole',
  resource: roleArn,
  context: { 'iam:PassedToService': 'scheduler.amazonaws.com' },
});
