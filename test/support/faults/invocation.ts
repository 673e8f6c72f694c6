import { Logger } from '@aws-lambda-powertools/logger';
import { rdsDatabases } from '../../../src/aws/rds-databases.ts';
import { schedulerBookings } from '../../../src/aws/scheduler-bookings.ts';
import { parseReconcileEvent, parseRotationEvent } from '../../../src/handlers/event.ts';
import { invocationOf } from '../../../src/handlers/invocation.ts';
import type { Wiring } from '../../../src/handlers/wiring.ts';
import { lambdaContext } from '../../../src/local/stack/lambda-context.ts';
import { reconcile } from '../../../src/rotation/reconcile.ts';
import { inspect } from '../../../src/rotation/inspect.ts';
import type { Inspection } from '../../../src/rotation/inspection.ts';
import { repair } from '../../../src/rotation/repair.ts';
import { rollBack } from '../../../src/rotation/roll-back.ts';
import { recorded, runStep } from '../../../src/rotation/run-step.ts';
import type { Proposal } from '../../../src/rotation/way-out.ts';
import { readConfiguration, type Configuration } from '../../../src/rotators/configuration.ts';
import type { Clock } from '../../../src/rotation/clock.ts';
import type { Systems } from '../../../src/rotators/kind.ts';
import type { DatabaseServer } from '../../../src/rotators/database/server.ts';
import { readSecretBy } from '../../../src/aws/read-secret.ts';
import { twilioKeys } from '../../../src/rotators/twilio-api-key/twilio-keys.ts';
import { twilioAccounts } from '../../../src/rotators/twilio-auth-token/twilio-account.ts';
import { awsClients } from './aws-clients.ts';
import { callingFrom } from './caller.ts';
import { serverThrough } from './databases/server-through.ts';
import { Passage, type Traffic } from './passage.ts';
import type { Places } from './places.ts';
import type { OutsideSystem } from './point.ts';
import { twilioUrl } from './twilio-network.ts';

/** The functions' timeout in the template, and how long before it their signal fires, in ms. */
const timeoutMs = 300_000;

/** Runs one step as a function of its own: one passage to all systems. */
export async function rotateOnce(places: Places, traffic: Traffic, event: unknown): Promise<void> {
  const {
    Step: step,
    SecretId: secretId,
    ClientRequestToken: token,
    ...rest
  } = parseRotationEvent(event);
  const call = { step, secretId, rotationToken: rest.RotationToken };
  const { passage, invocation } = begin(places, traffic, call);
  const work = () => runStep(step, { ...invocation, token });
  await passage.lead(() => callingFrom({ passage, places }, work));
}

/** Runs a reconcile likewise. */
export async function reconcileOnce(places: Places, traffic: Traffic, event: unknown) {
  const debt = parseReconcileEvent(event);
  const call = { step: 'reconcile', secretId: debt.secret } as const;
  const { passage, invocation } = begin(places, traffic, call);
  const work = () => recorded(invocation, () => reconcile(invocation, debt));
  await passage.lead(() => callingFrom({ passage, places }, work));
}

/** Runs the rollback that a person asks for likewise. */
export async function rollBackOnce(places: Places, traffic: Traffic): Promise<void> {
  const call = { step: 'rollback', secretId: places.secretArn } as const;
  const { passage, invocation } = begin(places, traffic, call);
  const work = () => recorded(invocation, () => rollBack(invocation));
  await passage.lead(() => callingFrom({ passage, places }, work));
}

/** Asks every system what is true, as a person does before he repairs. */
export async function inspectOnce(places: Places, traffic: Traffic): Promise<Inspection> {
  const call = { step: 'inspect', secretId: places.secretArn } as const;
  const { passage, invocation } = begin(places, traffic, call);
  const work = () => recorded(invocation, () => inspect(invocation));
  return passage.lead(() => callingFrom({ passage, places }, work));
}

/** Runs the repair that a person confirmed. */
export async function repairOnce(places: Places, traffic: Traffic, confirmed: Proposal) {
  const call = { step: 'repair', secretId: places.secretArn } as const;
  const { passage, invocation } = begin(places, traffic, call);
  const work = () => recorded(invocation, () => repair(invocation, confirmed));
  return passage.lead(() => callingFrom({ passage, places }, work));
}

function begin(places: Places, traffic: Traffic, call: Parameters<typeof invocationOf>[2]) {
  places.invocations += 1;
  const passage = new Passage({ invocation: places.invocations, step: call.step }, traffic);
  const deadline = places.clock.now().getTime() + timeoutMs;
  const context = {
    ...lambdaContext(places.rotateArn),
    getRemainingTimeInMillis: () => Math.max(0, deadline - places.clock.now().getTime()),
  };
  const { signal } = passage;
  return {
    passage,
    invocation: invocationOf(wiringOf(places, passage), { context, signal }, call),
  };
}

/** What `wire` makes, with every end behind the passage. */
function wiringOf(places: Places, passage: Passage): Wiring {
  const clock = clockOf(passage, places);
  return {
    configuration: configurationOf(places, {
      clock,
      postgres: databaseOf(passage, places, ['PostgreSQL']),
      mysql: databaseOf(passage, places, ['MySQL', 'MariaDB']),
      readSecret: readSecretBy(awsClients.secretsManager),
      openRds: rdsDatabases(async () => awsClients.rds),
      openTwilioAccount: twilioAccounts({ baseUrl: twilioUrl }),
      openTwilioKeys: twilioKeys({ baseUrl: twilioUrl }),
    }),
    secretsManager: awsClients.secretsManager,
    bookings: (signal) =>
      schedulerBookings(
        async () => awsClients.scheduler,
        {
          groupName: 'default',
          roleArn: 'arn:aws:iam::000000000000:role/keyturn-scheduler',
          functionArn: places.reconcileArn,
          deadLetterArn: '',
        },
        signal,
      ),
    clock,
    logger: silent,
    listener: { record: (entry) => places.heard(entry) },
  };
}

function configurationOf({ entries, replaced }: Places, systems: Systems): Configuration {
  const configuration = readConfiguration(entries, systems);
  if (!replaced) return configuration;
  const planFor = (name: string) => {
    const plan = configuration.planFor(name);
    return { ...plan, rotators: plan.rotators.map(replaced) };
  };
  return { ...configuration, planFor };
}

/** The clock of the world, which goes on while the invocation waits for it. */
const clockOf = (passage: Passage, { clock }: Places): Clock => ({
  now: () => clock.now(),
  sleep: (ms, signal) => passage.waiting(() => clock.sleep(ms, signal)),
});

/** The world's database of one of these kinds, behind the passage. */
function databaseOf(
  passage: Passage,
  { subjects }: Places,
  systems: readonly OutsideSystem[],
): DatabaseServer {
  const places = subjects.flatMap(({ database }) => database ?? []);
  const place = places.find(({ database }) => systems.includes(database.system));
  return place ? serverThrough(passage, place) : { logIn: unused, open: unused };
}

const unused = async (): Promise<never> => {
  throw new Error('No rotator of these worlds uses it.');
};

const silent = new Logger({ logLevel: 'SILENT' });
