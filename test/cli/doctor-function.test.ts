import { afterAll, beforeAll, expect, test } from 'vitest';
import { denialIn } from '../../src/cli/doctor/checks/denial.ts';
import { RotationError, type ErrorCode } from '../../src/rotation/errors.ts';
import { functionArnOf, localLambda, type LocalLambda } from './local-lambda.ts';
import { runKeyturn } from './run-keyturn.ts';

const functionArn = functionArnOf('keyturn-rotate');
const behaviour: { answer: () => unknown } = { answer: () => undefined };
let stack: LocalLambda;

beforeAll(async () => {
  stack = await localLambda(new Map([[functionArn, async () => behaviour.answer()]]));
  stack.lambda.deploy(functionArn, {
    configuration: {
      FunctionArn: functionArn,
      State: 'Active',
      LastUpdateStatus: 'Failed',
      Timeout: 30,
      Environment: { Variables: { KEYTURN_SECRET: 'shop/staging' } },
    },
    policy: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'any',
          Effect: 'Allow',
          Principal: { Service: 'secretsmanager.amazonaws.com' },
          Action: 'lambda:InvokeFunction',
          Resource: functionArn,
        },
      ],
    },
  });
  stack.rotatedBy(functionArn, 'shop/production');
});
afterAll(() => stack.close());

async function doctor() {
  const env = { AWS_EC2_METADATA_DISABLED: 'true', AWS_PROFILE: undefined };
  const given = ['doctor', 'shop/production', '--json'] as const;
  const { stdout } = await runKeyturn({ ...stack, env }, ...given);
  const { findings }: { findings: { code?: string; status: string; key?: string }[] } =
    JSON.parse(stdout);
  return findings.map(({ code, status, key }) =>
    [status, code, key].filter((part) => part !== undefined).join(' '),
  );
}

const failing = (code: ErrorCode, message: string) => () => {
  throw new RotationError(code, message);
};

test('a function of another secret that failed to update, may not run long, and anybody may call', async () => {
  const findings = await doctor();

  expect(findings).toEqual(
    expect.arrayContaining([
      'fail FUNCTION_NOT_READY',
      'fail FUNCTION_FOR_ANOTHER_SECRET',
      'warn FUNCTION_TIMEOUT_SHORT',
      'warn INVOKE_PERMISSION_LOOSE',
    ]),
  );
});

test('a rotation that is on, without a schedule', async () => {
  expect(await doctor()).toContain('fail SCHEDULE_GONE');
});

test.each([
  ['that answers nothing, being older', () => undefined, 'warn FUNCTION_OUTDATED'],
  [
    'that knows no such operation',
    failing('EVENT_INVALID', 'The event cannot be used.'),
    'warn FUNCTION_OUTDATED',
  ],
  [
    'whose configuration does not fit its grants',
    failing('CONFIG_MISMATCH', 'It needs rds:instance/x, which is not granted.'),
    'fail CONFIG_MISMATCH',
  ],
  [
    'that breaks in a way of its own',
    () => {
      throw new TypeError('never shown');
    },
    'fail UNEXPECTED',
  ],
])('a function %s', async (_what, answer, finding) => {
  behaviour.answer = answer;

  expect(await doctor()).toContain(finding);
});

const version = (versionId: string, ...labels: string[]) => ({ versionId, labels });
const key = (changes: object) => ({
  key: 'DB_PASSWORD',
  rotator: 'postgres-alternating',
  changes: ['DB_PASSWORD', 'DB_USER'],
  credentials: [],
  ...changes,
});
const [current, previous] = [version('1', 'AWSCURRENT'), version('2', 'AWSPREVIOUS')];
const verdicts = (one: string, other: string) => [
  { versionId: '1', verdict: one },
  { versionId: '2', verdict: other },
];
const asked = '2029-12-31T00:00:00.000Z';
const until = '2030-01-01T00:00:00.000Z';
const busy = { code: 'INSTANCE_BUSY', message: 'It is being changed.' };
const missing = { code: 'PRIVILEGE_MISSING', message: 'CREATEROLE is missing.' };

test.each([
  [
    'a superseded value that has ended before its grace',
    key({ credentials: verdicts('accepted', 'rejected'), supersededUntil: until }),
    'warn PREVIOUS_REJECTED DB_PASSWORD',
  ],
  [
    'a value that is refused, where the one before works',
    key({ credentials: verdicts('rejected', 'accepted') }),
    'fail DATABASE_PASSWORD_REJECTED DB_PASSWORD',
  ],
  [
    'a value that no system takes, whatever its label',
    key({ rotator: 'of-ones-own', credentials: verdicts('rejected', 'rejected') }),
    'fail CREDENTIAL_REJECTED DB_PASSWORD',
  ],
  [
    'what a rotation could not get past',
    key({ credentials: verdicts('accepted', 'rejected'), obstacle: missing }),
    'fail PRIVILEGE_MISSING DB_PASSWORD',
  ],
  [
    'what passes by itself',
    key({ credentials: verdicts('accepted', 'rejected'), obstacle: busy }),
    'warn INSTANCE_BUSY DB_PASSWORD',
  ],
])('%s', async (_what, told, finding) => {
  behaviour.answer = () => looked(told);

  expect(await doctor()).toContain(finding);
});

const looked = (told: object) => ({
  secret: 'arn',
  name: 'shop/production',
  at: asked,
  rotationEnabled: true,
  versions: [current, previous],
  keys: [told],
  wayOut: { way: 'none', keys: [], finding: 'Nothing is wrong.', reasons: [] },
});

test('a superseded value that has ended after its grace is none', async () => {
  const ended = { credentials: verdicts('accepted', 'rejected'), supersededUntil: asked };
  behaviour.answer = () => looked(key(ended));

  expect(await doctor()).not.toContain('warn PREVIOUS_REJECTED DB_PASSWORD');
});

/** Sentences of AWS's: "Access denied error message examples", IAM User Guide, and what is on record. */
const user =
  'User: arn:aws:iam::123456789012:user/mia is not authorized to perform: secretsmanager:GetSecretValue';

test.each([
  [
    'because no identity-based policy allows the secretsmanager:GetSecretValue action',
    'DENIED_BY_IDENTITY_POLICY',
  ],
  [
    'with an explicit deny in an identity-based policy: arn:aws:iam::123456789012:policy/No',
    'DENIED_BY_IDENTITY_POLICY',
  ],
  [
    'because no resource-based policy allows the secretsmanager:GetSecretValue action',
    'DENIED_BY_RESOURCE_POLICY',
  ],
  ['with an explicit deny in a resource-based policy', 'DENIED_BY_RESOURCE_POLICY'],
  [
    'because no permissions boundary allows the secretsmanager:GetSecretValue action',
    'DENIED_BY_BOUNDARY',
  ],
  ['with an explicit deny in a permissions boundary', 'DENIED_BY_BOUNDARY'],
  [
    'because no session policy allows the secretsmanager:GetSecretValue action',
    'DENIED_BY_SESSION_POLICY',
  ],
  [
    'because no service control policy allows the secretsmanager:GetSecretValue action',
    'DENIED_BY_ORGANIZATION',
  ],
  ['with an explicit deny in a service control policy', 'DENIED_BY_ORGANIZATION'],
  ['with an explicit deny in a resource control policy', 'DENIED_BY_ORGANIZATION'],
  [
    'because no VPC endpoint policy allows the secretsmanager:GetSecretValue action',
    'DENIED_BY_ENDPOINT_POLICY',
  ],
  ['with an explicit deny in a VPC endpoint policy', 'DENIED_BY_ENDPOINT_POLICY'],
  ['', 'DENIED'],
])('AWS says "… %s"', (ending, code) => {
  expect(denialIn(`${user} on resource: shop-AbCdEf ${ending}`.trim()).code).toBe(code);
});

test.each([
  'Access to KMS is not allowed',
  'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
])('AWS says "%s"', (message) => {
  expect(denialIn(message).code).toBe('DENIED_BY_KMS');
});

test.each([
  ['a key', 'kms:Decrypt', "the key's own policy"],
  ['a secret', 'secretsmanager:GetSecretValue', '"Effect": "Deny"'],
])(
  'a statement that forbids the use of %s is to be found, and not allowed',
  (_what, action, said) => {
    const message = `User: mia is not authorized to perform: ${action} with an explicit deny in a resource-based policy`;

    expect(denialIn(message)).toMatchObject({
      explicit: true,
      advice: expect.stringContaining(said),
    });
  },
);
