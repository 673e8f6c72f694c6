import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  type FilterLogEventsRequest,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAwsEndpoint } from '../../../src/local/aws-endpoint.ts';
import { DrivenClock } from '../../../src/local/driven-clock.ts';
import { serveHttp, type HttpServer } from '../../../src/local/http-server.ts';
import { createLogs } from '../../../src/local/logs/create-logs.ts';

const clock = new DrivenClock();
const logs = createLogs({ clock });
const group = '/aws/lambda/shop-rotate';
let server: HttpServer;
let client: CloudWatchLogsClient;

beforeAll(async () => {
  server = await serveHttp(createAwsEndpoint([logs.service]));
  client = new CloudWatchLogsClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

const handed: unknown[] = [];
const hear = logs.heardBy<string>((origin, line) => void handed.push([origin, line]));
const say = (message: string, more: object = {}) =>
  hear('origin', { level: 'INFO', message, function_name: 'shop-rotate', ...more });

const filter = (request: FilterLogEventsRequest = {}) =>
  client.send(new FilterLogEventsCommand({ logGroupName: group, ...request }));

const messages = async (request?: FilterLogEventsRequest) =>
  ((await filter(request)).events ?? []).map(({ message = '' }) => {
    const line: unknown = JSON.parse(message);
    return Object(line).message;
  });

describe('the lines of a function', () => {
  beforeAll(async () => {
    say('one', { step: 'createSecret', n: 1 });
    await clock.advance(1_000);
    say('two', { step: 'setSecret', code: 'UNREACHABLE' });
    await clock.advance(1_000);
    say('three');
  });

  test('are answered in their order, whole, with ids that differ and the time they were said', async () => {
    const { events = [] } = await filter();

    expect(await messages()).toEqual(['one', 'two', 'three']);
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(3);
    const [first, second] = events;
    expect((second?.timestamp ?? 0) - (first?.timestamp ?? 0)).toBe(1_000);
    expect(JSON.parse(first?.message ?? '')).toMatchObject({ step: 'createSecret', n: 1 });
  });

  test('are handed on', () => {
    expect(handed).toHaveLength(3);
    expect(handed[0]).toEqual(['origin', expect.objectContaining({ message: 'one' })]);
  });

  test('are those of a span of time', async () => {
    const { events = [] } = await filter();
    const at = events[1]?.timestamp ?? 0;

    expect(await messages({ startTime: at })).toEqual(['two', 'three']);
    expect(await messages({ startTime: at, endTime: at })).toEqual(['two']);
  });

  test('come in pages', async () => {
    const { events, nextToken } = await filter({ limit: 2 });

    expect(events).toHaveLength(2);
    expect(await messages({ limit: 2, nextToken: nextToken ?? '' })).toEqual(['three']);
    expect((await filter({ limit: 3 })).nextToken).toBeUndefined();
  });

  test('are those of a stream', async () => {
    expect(await messages({ logStreamNames: ['local'] })).toHaveLength(3);
    await expect(filter({ logStreamNames: ['2026/11/23'] })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('can be asked for by the ARN of the group', async () => {
    const logGroupIdentifier = `arn:aws:logs:us-east-1:000000000000:log-group:${group}`;
    const { events } = await client.send(new FilterLogEventsCommand({ logGroupIdentifier }));

    expect(events).toHaveLength(3);
  });

  test.each([
    ['{ $.step = "*" }', ['one', 'two']],
    ['{ $.step = "set*" }', ['two']],
    ['{ $.step != "setSecret" }', ['one']],
    ['{ $.n = 1 }', ['one']],
    ['{ $.n = "1" }', []],
    ['{ $.code NOT EXISTS }', ['one', 'three']],
    ['{ $.step = "createSecret" || $.message = "three" }', ['one', 'three']],
    ['{ ($.step = "*") && ($.code = "UN*") }', ['two']],
    ['UNREACHABLE', ['two']],
    ['"setSecret" -three', ['two']],
    ['?one ?three', ['one', 'three']],
  ])('that fit %s', async (filterPattern, expected) => {
    expect(await messages({ filterPattern })).toEqual(expected);
  });

  test.each(['{ $.step', '{ step = 1 }', '{ $.a > 1 }', '{ $.a = 1 } }', '[a, b]'])(
    'are not asked for by %s, which is no pattern it knows',
    async (filterPattern) => {
      await expect(filter({ filterPattern })).rejects.toMatchObject({
        name: 'InvalidParameterException',
        message: 'Invalid filter pattern',
      });
    },
  );
});

test('a function that said nothing has a group without lines', async () => {
  logs.openFor('arn:aws:lambda:us-east-1:000000000000:function:quiet');

  expect((await filter({ logGroupName: '/aws/lambda/quiet' })).events).toEqual([]);
});

test('a group that is not there is not found', async () => {
  await expect(filter({ logGroupName: '/aws/lambda/nobody' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'The specified log group does not exist.',
  });
});

test('an operation it has not is refused', async () => {
  await expect(client.send(new DescribeLogGroupsCommand({}))).rejects.toMatchObject({
    name: 'UnknownOperationException',
  });
});

test('keeps the last ten thousand lines', async () => {
  for (let count = 0; count < 10_001; count += 1) {
    hear('origin', { level: 'INFO', message: `line ${count}`, function_name: 'busy' });
  }
  const { events = [] } = await filter({ logGroupName: '/aws/lambda/busy' });

  expect(events).toHaveLength(10_000);
  expect(JSON.parse(events[0]?.message ?? '')).toMatchObject({ message: 'line 1' });
  expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(10_000);
});
