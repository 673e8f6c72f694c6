import { signedService } from '../aws-endpoint.ts';
import type { AwsService } from '../aws-service.ts';
import type { LocalClock } from '../clock.ts';
import type { LocalFunctions } from '../functions.ts';
import type { ActAs } from '../iam/services.ts';
import type { LocalQueues } from '../queues.ts';
import type { DeadLetter } from './dead-letter.ts';
import { createDeliveries, type Delivery } from './delivery.ts';
import { createScheduleGroups } from './schedule-groups.ts';
import { defaultSchedulerBehaviour, type SchedulerBehaviour } from './scheduler-behaviour.ts';
import { SchedulerError } from './scheduler-error.ts';
import { schedulerRoutes } from './scheduler-routes.ts';
import { createSchedules, type Schedule } from './schedules.ts';

/**
 * An EventBridge Scheduler that delivers to local functions at their time. What one of them throws
 * is a delivery refused, and tried again. AWS invokes Lambda asynchronously, which takes every event
 * and tries again itself: where that matters, functions of that kind are what it is given.
 */
export interface Scheduler {
  readonly service: AwsService;
  readonly behaviour: SchedulerBehaviour;
  readonly deadLetters: readonly DeadLetter[];
  schedules(): readonly Schedule[];
  /** Tells of every attempt. Answers a function that ends the telling. */
  onDelivery(listener: (delivery: Delivery) => void): () => void;
  /** Resolves when no function is running. A wait before a retry does not count. */
  idle(): Promise<void>;
  /** Calls off what is due later, retries included, and waits for the functions that run. */
  close(): Promise<void>;
}

export function createScheduler(options: {
  readonly clock: LocalClock;
  readonly functions: LocalFunctions;
  /** Where dead letters go that have a DeadLetterConfig. */
  readonly queues?: LocalQueues;
  /** Whether a target's role lets it invoke and send. Absent: it does. */
  readonly actAs?: ActAs | undefined;
  readonly behaviour?: Partial<SchedulerBehaviour>;
}): Scheduler {
  const { clock, functions, queues, actAs } = options;
  const behaviour = { ...defaultSchedulerBehaviour, ...options.behaviour };
  const deliveries = createDeliveries({ clock, functions, behaviour, queues, actAs });
  const schedules = createSchedules({ clock, behaviour, deliveries });
  const routes = schedulerRoutes(schedules, createScheduleGroups(clock));

  return {
    service: async function scheduler(request) {
      const signedFor = signedService(request);
      if (signedFor === 'scheduler') return routes.fetch(request);
      return signedFor === undefined && isOurs(request) ? missingToken().toResponse() : undefined;
    },
    behaviour,
    deadLetters: deliveries.deadLetters,
    schedules: () => schedules.list(),
    onDelivery: (listener) => deliveries.onDelivery(listener),
    idle: () => deliveries.idle(),
    close() {
      schedules.close();
      return deliveries.close();
    },
  };
}

const isOurs = ({ url }: Request) =>
  /^\/(schedules|schedule-groups)(\/|$)/.test(new URL(url).pathname);

const missingToken = () =>
  new SchedulerError('MissingAuthenticationTokenException', 403, 'Missing Authentication Token');
