import {
  BatchGetSecretValueCommand,
  DeleteResourcePolicyCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  ValidateResourcePolicyCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { production } from '../../../src/local/stack/environments.ts';
import { allowing, startOperators, userWith, type Operators } from './support.ts';

const { secretArn, secretName: SecretId, applicationRole } = production;
const action = 'secretsmanager:GetSecretValue';
const owner = 'arn:aws:iam::000000000000:user/local';
const reader = 'arn:aws:iam::000000000000:user/reader';

const policy = (...Statement: readonly object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement });
const of = (Effect: string, Principal: unknown) => ({
  Effect,
  Principal,
  Action: action,
  Resource: '*',
});

const put = ({ secrets }: Operators, ResourcePolicy: string, BlockPublicPolicy = false) =>
  secrets.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy, BlockPublicPolicy }));

const read = ({ secrets }: Pick<Operators, 'secrets'>) =>
  secrets.send(new GetSecretValueCommand({ SecretId }));

const denied = (principal: string, why: string) => ({
  name: 'AccessDeniedException',
  message: `User: ${principal} is not authorized to perform: ${action} on resource: ${secretArn} ${why}`,
});

describe('a policy on a secret', () => {
  test('is shown as it was put, until it is taken off', async () => {
    const started = await startOperators();
    const shown = async () => {
      const { ResourcePolicy } = await started.secrets.send(
        new GetResourcePolicyCommand({ SecretId }),
      );
      return ResourcePolicy;
    };
    const wanted = policy(of('Deny', { AWS: reader }));

    expect(await shown()).toBeUndefined();
    await put(started, wanted);
    expect(await shown()).toBe(wanted);
    await started.secrets.send(new DeleteResourcePolicyCommand({ SecretId }));
    expect(await shown()).toBeUndefined();
  });

  test('refuses the owner what it denies to everybody, and nothing else', async () => {
    const started = await startOperators();
    await put(started, policy(of('Deny', '*')));

    await expect(read(started)).rejects.toMatchObject(
      denied(owner, 'with an explicit deny in a resource-based policy'),
    );
    await expect(
      started.secrets.send(new PutSecretValueCommand({ SecretId, SecretString: '{}' })),
    ).resolves.toBeDefined();
    await started.secrets.send(new DeleteResourcePolicyCommand({ SecretId }));
    await expect(read(started)).resolves.toBeDefined();
  });

  test('keeps from a batch what it denies', async () => {
    const started = await startOperators();
    await put(started, policy(of('Deny', '*')));
    const batch = new BatchGetSecretValueCommand({ SecretIdList: [SecretId] });

    await expect(started.secrets.send(batch)).rejects.toMatchObject(
      denied(owner, 'with an explicit deny in a resource-based policy'),
    );
  });

  test.each([true, false])(
    'denies a role, whatever its own policies allow (held to those: %s)',
    async (holdsRoles) => {
      const started = await startOperators({ holdsRoles });
      const role = `arn:aws:iam::000000000000:role/${applicationRole}`;
      await put(started, policy(of('Deny', { AWS: role })));

      await expect(read(started.as(applicationRole))).rejects.toMatchObject(
        denied(role, 'with an explicit deny in a resource-based policy'),
      );
      await expect(read(started)).resolves.toBeDefined();
    },
  );

  test('allows what no policy of the user’s own does', async () => {
    const started = await startOperators();
    const { secrets } = started.as(await userWith(started, []));
    await expect(read({ secrets })).rejects.toMatchObject(
      denied(reader, `because no identity-based policy allows the ${action} action`),
    );

    await put(started, policy(of('Allow', { AWS: reader })));

    await expect(read({ secrets })).resolves.toBeDefined();
  });

  test.each([
    ['no JSON', '{'],
    ['no effect', policy({ ...of('Nothing', '*') })],
    ['no statement', '{"Version":"2012-10-17"}'],
  ])('is not taken with %s', async (_what, ResourcePolicy) => {
    const started = await startOperators();

    await expect(put(started, ResourcePolicy)).rejects.toMatchObject({
      name: 'MalformedPolicyDocumentException',
    });
    const { PolicyValidationPassed } = await started.secrets.send(
      new ValidateResourcePolicyCommand({ ResourcePolicy }),
    );
    expect(PolicyValidationPassed).toBe(false);
  });

  test('is not taken that is for everybody, where that is asked for', async () => {
    const started = await startOperators();
    const everybody = policy(of('Allow', '*'));

    await expect(put(started, everybody, true)).rejects.toMatchObject({
      name: 'PublicPolicyException',
    });
    await expect(put(started, policy(of('Allow', { AWS: reader })), true)).resolves.toBeDefined();
  });
});

describe('a user', () => {
  test('does what its policies allow, and nothing that they deny', async () => {
    const started = await startOperators();
    const deny = { Effect: 'Deny', Action: 'secretsmanager:PutSecretValue', Resource: '*' };
    const { secrets } = started.as(await userWith(started, [allowing('secretsmanager:*'), deny]));

    await expect(read({ secrets })).resolves.toBeDefined();
    await expect(
      secrets.send(new PutSecretValueCommand({ SecretId, SecretString: '{}' })),
    ).rejects.toMatchObject({
      message: `User: ${reader} is not authorized to perform: secretsmanager:PutSecretValue on resource: ${secretArn} with an explicit deny in an identity-based policy`,
    });
  });

  test('may no more when the policy is gone, and is the owner’s when the key is', async () => {
    const started = await startOperators();
    const { iam } = started;
    const AccessKeyId = await userWith(started, [allowing(action)]);
    const clients = started.as(AccessKeyId);
    await expect(read(clients)).resolves.toBeDefined();

    await iam('DeleteUserPolicy', { UserName: 'reader', PolicyName: 'rights' });

    await expect(read(clients)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect((await iam('DeleteAccessKey', { UserName: 'reader', AccessKeyId })).status).toBe(200);
    expect((await iam('DeleteUser', { UserName: 'reader' })).status).toBe(200);
    expect(await iam('GetUser', { UserName: 'reader' })).toMatchObject({
      status: 404,
      text: expect.stringContaining('<Code>NoSuchEntity</Code>'),
    });
  });

  test.each([
    ['one that is there', 'CreateUser', { UserName: 'reader' }, 'EntityAlreadyExists'],
    ['a nameless one', 'CreateUser', {}, 'ValidationError'],
    [
      'a policy that is no JSON',
      'PutUserPolicy',
      { UserName: 'reader', PolicyName: 'p', PolicyDocument: '{' },
      'MalformedPolicyDocument',
    ],
    ['what it does not know', 'CreateRole', { RoleName: 'r' }, 'InvalidAction'],
  ])('is not made of %s', async (_what, operation, members, code) => {
    const { iam } = await startOperators();
    await iam('CreateUser', { UserName: 'reader' });

    const { status, text } = await iam(operation, members);

    expect(status).toBeGreaterThanOrEqual(400);
    expect(text).toContain(`<Code>${code}</Code>`);
  });
});

test('a secret of another account is its own account’s to share', async () => {
  const { secrets } = await startOperators();
  const foreign = secretArn.replace('000000000000', '111111111111');

  await expect(
    secrets.send(new GetSecretValueCommand({ SecretId: foreign })),
  ).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: `User: ${owner} is not authorized to perform: ${action} on resource: ${foreign} because no resource-based policy allows the ${action} action`,
  });
});
