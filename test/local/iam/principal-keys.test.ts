import { expect, test } from 'vitest';
import { simulate } from '../../../src/local/iam/simulate.ts';
import { production } from '../../../src/local/stack/environments.ts';

const role = 'arn:aws:iam::000000000000:role/Reader';
const session = 'arn:aws:sts::000000000000:assumed-role/Reader/somebody';
const everything = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

/** Whether a caller may read a secret whose own policy denies it on this condition. */
async function mayRead(principal: string, Condition: object): Promise<boolean> {
  const { allowed } = await simulate({
    principal,
    call: {
      action: 'secretsmanager:GetSecretValue',
      resource: production.secretArn,
      context: {},
    },
    identityPolicies: [{ name: 'own', document: everything }],
    resourcePolicy: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 'secretsmanager:GetSecretValue',
          Resource: '*',
          Condition,
        },
      ],
    },
  });
  return allowed;
}

const arn = (pattern: string) => ({ 'aws:PrincipalArn': pattern });
const user = 'arn:aws:iam::000000000000:user/mia';

test.each<[string, string, object, boolean]>([
  ['to everybody but this role', role, { StringNotEquals: arn(role) }, true],
  ['to everybody but this role', user, { StringNotEquals: arn(role) }, false],
  ['to these roles', role, { ArnLike: arn('arn:aws:iam::*:role/Read*') }, false],
  ['to these roles', user, { ArnLike: arn('arn:aws:iam::*:role/Read*') }, true],
  ['to everybody but who has taken on this role', session, { ArnNotEquals: arn(role) }, true],
  ['to that session, which is none of a PrincipalArn', session, { ArnEquals: arn(session) }, true],
  [
    'to other accounts',
    user,
    { StringNotEquals: { 'aws:PrincipalAccount': '000000000000' } },
    true,
  ],
  ['to this account', user, { StringEquals: { 'aws:PrincipalAccount': '000000000000' } }, false],
])('a denial %s is judged by who calls: %s', async (_whom, principal, condition, allowed) => {
  expect(await mayRead(principal, condition)).toBe(allowed);
});
