import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  GetScheduleCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { onTestFinished } from 'vitest';
import { createAwsEndpoint } from '../../../src/local/aws-endpoint.ts';
import { DrivenClock } from '../../../src/local/driven-clock.ts';
import type { LocalFunction, LocalFunctions } from '../../../src/local/functions.ts';
import { serveHttp } from '../../../src/local/http-server.ts';
import type { LocalQueues } from '../../../src/local/queues.ts';
import { createScheduler } from '../../../src/local/scheduler/create-scheduler.ts';

export const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:reconcile-secret';
export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

interface Surroundings {
  readonly clock?: DrivenClock;
  readonly functions?: Map<string, LocalFunction>;
  /** What the scheduler invokes, where that is not the functions themselves. */
  readonly invoked?: LocalFunctions;
  readonly queues?: LocalQueues;
}

/** A stand-in behind real HTTP, a real client, and a function that keeps what it receives. */
export async function start({
  clock = new DrivenClock(),
  functions = new Map<string, LocalFunction>(),
  invoked = functions,
  queues,
}: Surroundings = {}) {
  const received: { at: string; event: unknown }[] = [];
  const receive = (event: unknown) => received.push({ at: clock.now().toISOString(), event });
  functions.set(functionArn, async (event) => void receive(event));
  const scheduler = createScheduler({ clock, functions: invoked, ...(queues && { queues }) });
  const server = await serveHttp(createAwsEndpoint([scheduler.service]));
  const client = new SchedulerClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await server.close();
    await scheduler.close();
  });

  return {
    clock,
    functions,
    scheduler,
    client,
    url: server.url,
    received,
    receive,
    create: (more: Partial<CreateScheduleCommandInput> = {}) =>
      client.send(new CreateScheduleCommand(request(more))),
    get: (Name = 'reconcile', GroupName?: string) =>
      client.send(new GetScheduleCommand({ Name, GroupName })),

    /** A function that throws the first `times` times. */
    failing: (times: number): LocalFunction => {
      let left = times;
      return async (event) => {
        receive(event);
        left -= 1;
        if (left >= 0) throw new TypeError('a secret-like detail');
      };
    },

    /** A request with a signature, and any body. */
    post: (path: string, body: string) =>
      fetch(`${server.url}${path}`, {
        method: 'POST',
        body,
        headers: {
          authorization:
            'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/scheduler/aws4_request, SignedHeaders=host, Signature=0',
        },
      }),
  };
}

export const request = (
  more: Partial<CreateScheduleCommandInput> = {},
): CreateScheduleCommandInput => ({
  Name: 'reconcile',
  ScheduleExpression: 'at(2026-01-01T01:00:00)',
  FlexibleTimeWindow: { Mode: 'OFF' },
  ActionAfterCompletion: 'DELETE',
  Target: target(),
  ...more,
});

export const target = (more: object = {}) => ({
  Arn: functionArn,
  RoleArn: 'arn:aws:iam::000000000000:role/scheduler',
  Input: '{"secret":"reminder-app"}',
  ...more,
});
