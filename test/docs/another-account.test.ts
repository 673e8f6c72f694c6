import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import type { ApiCall } from '../../src/local/iam/api-call.ts';
import { impliedByKmsKey } from '../../src/local/iam/implied-calls.ts';
import { simulate } from '../../src/local/iam/simulate.ts';
import { production } from '../../src/local/stack/environments.ts';
import type { PolicyDocument } from '../../src/local/template/roles.ts';

const { secretArn } = production;
const keyArn = 'arn:aws:kms:us-east-1:000000000000:key/0f1e2d3c';
const application = 'arn:aws:iam::111122223333:role/shop';

const page = readFileSync(new URL('../../docs/deploying.md', import.meta.url), 'utf8');
const [keyOwners] = jsonIn('### A key of your own');
const [onSecret, onKey, ofApplication] = jsonIn('### An application in another account');

interface Policies {
  readonly onSecret: PolicyDocument | undefined;
  readonly onKey: PolicyDocument;
  readonly ofApplication: readonly PolicyDocument[];
}

/** The policies that stand on the page, put where it says. */
const everything: Policies = {
  onSecret: parsed(onSecret),
  onKey: parsed(`{ "Statement": [${keyOwners}, ${onKey}] }`),
  ofApplication: [parsed(ofApplication)],
};

describe('the policies for an application in another account', () => {
  it('let it read the secret', async () => {
    expect(await refusedTo(application, everything)).toEqual([]);
  });

  const read = 'secretsmanager:GetSecretValue';
  const withoutStatement = parsed(`{ "Statement": [${keyOwners}] }`);

  test.each<[string, Partial<Policies>, readonly string[]]>([
    ['the policy on the secret', { onSecret: undefined }, [read]],
    ['the statement in the key’s policy', { onKey: withoutStatement }, ['kms:Decrypt']],
    ['the policy of the application’s role', { ofApplication: [] }, [read, 'kms:Decrypt']],
  ])('are all needed: %s', async (_case, missing, refused) => {
    expect(await refusedTo(application, { ...everything, ...missing })).toEqual(refused);
  });

  it('let nobody else read it, and nothing else be read', async () => {
    const neighbour = application.replace('shop', 'shop-2');
    const anotherSecret = secretArn.replace('production', 'testing');

    expect(await refusedTo(neighbour, everything)).toHaveLength(2);
    expect(await refusedTo(application, everything, anotherSecret)).toHaveLength(2);
  });
});

/** What reading a secret takes that these policies do not allow. */
async function refusedTo(principal: string, policies: Policies, secret = secretArn) {
  const action = 'secretsmanager:GetSecretValue';
  const calls: readonly ApiCall[] = [
    { action, resource: secret, context: {} },
    ...impliedByKmsKey(action, { keyArn, secretArn: secret }),
  ];
  const refused: string[] = [];
  for (const call of calls) {
    const { allowed } = await simulate({
      principal,
      call,
      identityPolicies: policies.ofApplication.map((document) => ({ name: 'own', document })),
      resourcePolicy: call.action.startsWith('kms:') ? policies.onKey : policies.onSecret,
    });
    if (!allowed) refused.push(call.action);
  }
  return refused;
}

function jsonIn(title: string): readonly string[] {
  const section = page.split(`\n${title}\n`)[1]?.split(/\n##+ /)[0] ?? '';
  return [...section.matchAll(/```json\n(.*?)```/gs)].map(([, json = '']) => json);
}

/** With the names of this test. The evaluator knows encryption contexts under one name only. */
function parsed(json = '{}'): PolicyDocument {
  return JSON.parse(
    json
      .replaceAll('<AccountId>', '000000000000')
      .replaceAll('arn:aws:iam::<OtherAccountId>:role/<ApplicationRole>', application)
      .replaceAll('<Region>', 'us-east-1')
      .replaceAll('<SecretArn>', secretArn)
      .replaceAll('<KmsKeyArn>', keyArn)
      .replaceAll(
        'kms:EncryptionContext:SecretARN',
        'kms:EncryptionContext:${EncryptionContextKey}',
      ),
  );
}
