import {
  BatchGetSecretValueCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  ListSecretVersionIdsCommand,
  ListSecretsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type FilterNameStringType,
  type ListSecretVersionIdsCommandInput,
  type ListSecretsCommandInput,
} from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import { name, put, start, type Started } from './support.ts';

async function startWithThree() {
  const started = await start();
  const seeds = [
    { name: 'app/one', description: 'First of all', tags: { team: 'red' } },
    { name: 'app/two', description: 'second', tags: { team: 'blue', Owner: 'Ada' } },
  ];
  for (const seed of seeds) {
    await started.clock.advance(1000);
    started.manager.createSecret({ ...seed, secretString: `value of ${seed.name}` });
  }
  return started;
}

async function names({ client }: Started, members: ListSecretsCommandInput = {}) {
  const { SecretList = [] } = await client.send(new ListSecretsCommand(members));
  return SecretList.map(({ Name }) => Name);
}

test.each<[FilterNameStringType, string[], string[]]>([
  ['name', ['app/'], ['app/one', 'app/two']],
  ['name', ['App/'], []],
  ['name', ['!app/'], [name]],
  ['name', ['app/one', 'reminder'], [name, 'app/one']],
  ['description', ['first'], ['app/one']],
  ['tag-key', ['team'], ['app/one', 'app/two']],
  ['tag-value', ['blu'], ['app/two']],
  ['all', ['ada second'], ['app/two']],
  ['owning-service', ['rds'], []],
])('lists secrets by %s %j', async (Key, Values, expected) => {
  const started = await startWithThree();
  expect(await names(started, { Filters: [{ Key, Values }] })).toEqual(expected);
});

test('wants every filter to match', async () => {
  const started = await startWithThree();
  const Filters: ListSecretsCommandInput['Filters'] = [
    { Key: 'name', Values: ['app/'] },
    { Key: 'tag-value', Values: ['red'] },
  ];
  expect(await names(started, { Filters })).toEqual(['app/one']);
});

test('lists in the order that is asked for', async () => {
  const started = await startWithThree();
  expect(await names(started, { SortBy: 'name' })).toEqual(['app/one', 'app/two', name]);
  expect(await names(started, { SortOrder: 'desc' })).toEqual(['app/two', 'app/one', name]);
});

test('lists page by page', async () => {
  const { client } = await startWithThree();
  const first = await client.send(new ListSecretsCommand({ MaxResults: 2 }));
  const second = await client.send(
    new ListSecretsCommand({ MaxResults: 2, NextToken: first.NextToken }),
  );

  expect([first.SecretList?.length, second.SecretList?.length]).toEqual([2, 1]);
  expect(second.NextToken).toBeUndefined();
  await expect(
    client.send(new ListSecretsCommand({ NextToken: 'nonsense' })),
  ).rejects.toMatchObject({ name: 'InvalidNextTokenException' });
});

test('lists a secret that is to be deleted only where it is asked for', async () => {
  const started = await startWithThree();
  await started.client.send(new DeleteSecretCommand({ SecretId: 'app/one' }));

  expect(await names(started)).toEqual([name, 'app/two']);
  expect(await names(started, { IncludePlannedDeletion: true })).toHaveLength(3);
});

test('tells as much of a listed secret as of a described one', async () => {
  const { client } = await startWithThree();
  const { SecretList = [] } = await client.send(new ListSecretsCommand({}));
  const { $metadata, VersionIdsToStages, ...described } = await client.send(
    new DescribeSecretCommand({ SecretId: 'app/two' }),
  );

  expect($metadata).toBeDefined();
  expect(SecretList[2]).toEqual({ ...described, SecretVersionsToStages: VersionIdsToStages });
});

async function versions(
  { client }: Started,
  members: Partial<ListSecretVersionIdsCommandInput> = {},
) {
  const { Versions = [] } = await client.send(
    new ListSecretVersionIdsCommand({ SecretId: name, ...members }),
  );
  return Versions.map(({ VersionStages }) => VersionStages);
}

test('lists versions, the unlabelled ones where it is asked to', async () => {
  const started = await start();
  await put(started);
  await put(started, { SecretString: 'value-3' });

  expect(await versions(started)).toEqual([['AWSPREVIOUS'], ['AWSCURRENT']]);
  expect(await versions(started, { IncludeDeprecated: true })).toEqual([
    undefined,
    ['AWSPREVIOUS'],
    ['AWSCURRENT'],
  ]);
  expect(await versions(started, { MaxResults: 1 })).toHaveLength(1);
});

test.each([
  [false, [['AWSCURRENT'], ['AWSPENDING']]],
  [true, [['AWSCURRENT']]],
])(
  'lists versions without AWSPENDING: %s, and describes it always',
  async (listOmitsPending, expected) => {
    const started = await start({ listOmitsPending });
    const { VersionId } = await put(started, { VersionStages: ['AWSPENDING'] });

    expect(await versions(started)).toEqual(expected);
    const described = await started.client.send(new DescribeSecretCommand({ SecretId: name }));
    expect(described.VersionIdsToStages).toMatchObject({ [String(VersionId)]: ['AWSPENDING'] });
  },
);

test('reads many secrets at once, with an error for each that it cannot read', async () => {
  const { client } = await startWithThree();
  await client.send(new DeleteSecretCommand({ SecretId: 'app/one' }));
  const answer = await client.send(
    new BatchGetSecretValueCommand({ SecretIdList: [name, 'app/one', 'none'] }),
  );

  expect(answer.SecretValues).toEqual([expect.objectContaining({ SecretString: 'value-1' })]);
  expect(answer.Errors).toEqual([
    expect.objectContaining({ SecretId: 'app/one', ErrorCode: 'InvalidRequestException' }),
    expect.objectContaining({ SecretId: 'none', ErrorCode: 'ResourceNotFoundException' }),
  ]);
});

test('reads many secrets by filter, page by page', async () => {
  const { client } = await startWithThree();
  const request = { Filters: [{ Key: 'name' as const, Values: ['app/'] }], MaxResults: 1 };
  const first = await client.send(new BatchGetSecretValueCommand(request));
  const second = await client.send(
    new BatchGetSecretValueCommand({ ...request, NextToken: first.NextToken }),
  );

  expect(first.SecretValues).toMatchObject([{ Name: 'app/one' }]);
  expect(second.SecretValues).toMatchObject([{ Name: 'app/two' }]);
  expect(second.NextToken).toBeUndefined();
});

test.each([{}, { SecretIdList: [name], Filters: [{ Key: 'name' as const, Values: ['a'] }] }])(
  'wants either ids or filters (%o)',
  async (request) => {
    const { client } = await start();
    await expect(client.send(new BatchGetSecretValueCommand(request))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  },
);

test('adds, replaces and removes tags', async () => {
  const { client } = await start();
  const Tags = [
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: '2' },
  ];
  await client.send(new TagResourceCommand({ SecretId: name, Tags }));
  await client.send(new TagResourceCommand({ SecretId: name, Tags: [{ Key: 'b', Value: '3' }] }));
  await client.send(new UntagResourceCommand({ SecretId: name, TagKeys: ['a', 'none'] }));

  const described = await client.send(new DescribeSecretCommand({ SecretId: name }));
  expect(described.Tags).toEqual([{ Key: 'b', Value: '3' }]);
});

test.each([
  [[{ Key: 'aws:mine', Value: '' }], 'InvalidParameterException'],
  [
    Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' })),
    'LimitExceededException',
  ],
])('refuses reserved and too many tags', async (Tags, type) => {
  const { client } = await start();
  await expect(client.send(new TagResourceCommand({ SecretId: name, Tags }))).rejects.toMatchObject(
    { name: type },
  );
});
