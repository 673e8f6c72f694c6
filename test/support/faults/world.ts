import { randomBytes, randomUUID } from 'node:crypto';
import { createRds } from '../../../src/local/rds/create-rds.ts';
import { createScheduler } from '../../../src/local/scheduler/create-scheduler.ts';
import {
  createSecretsManager,
  type SecretsManagerBehaviour,
} from '../../../src/local/secrets-manager/secrets-manager.ts';
import { createTwilio } from '../../../src/local/twilio/create-twilio.ts';
import type { LocalFunction } from '../../../src/local/functions.ts';
import { dbInstance, entriesOf, secretName, type Combination } from './combinations.ts';
import type { Fault } from './fault.ts';
import type { Ground } from './ground.ts';
import { reconcileOnce, rollBackOnce, rotateOnce } from './invocation.ts';
import { Pace } from './pace.ts';
import { PacedClock } from './paced-clock.ts';
import type { Traffic } from './passage.ts';
import type { Places } from './places.ts';
import type { Point } from './point.ts';
import { Watch } from './watch.ts';

/** What a call is to suffer, and whether it has to wait for its turn. */
export interface Rules {
  faultAt(point: Point): Fault | undefined;
  hold?(point: Point): Promise<void>;
}

const lambda = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

/** How long one outside call takes, in ms. */
const callMs = 20;

/** A secret with the systems behind it, in this process, on a clock that is driven. */
export class World {
  readonly places: Places;
  readonly watch: Watch;
  readonly points: Point[] = [];
  rules: Rules = { faultAt: () => undefined };
  readonly #pace: Pace;

  private constructor(places: Places) {
    this.places = places;
    this.watch = new Watch(places);
    this.#pace = new Pace(places.clock, () => this.watch.look());
  }

  static async start(
    ground: Ground,
    combination: Combination,
    behaviour: Partial<SecretsManagerBehaviour> = {},
  ): Promise<World> {
    const clock = new PacedClock();
    const functions = new Map<string, LocalFunction>();
    const [rotateArn, reconcileArn] = [lambda('rotate'), lambda('reconcile')];
    const secretsManager = createSecretsManager({ clock, functions, behaviour });
    const rds = createRds({ clock });
    const scheduler = createScheduler({ clock, functions });
    const twilio = createTwilio({ clock });
    const account = twilio.addAccount();
    const password = randomBytes(15).toString('base64url');
    const master = await ground.addMaster(password);
    rds.addInstance({
      identifier: dbInstance,
      engine: 'postgres',
      masterUsername: master.user,
      endpoint: { address: ground.host, port: ground.port },
      applyMasterPassword: (next) => world.#traffic.carry(() => master.set(next)),
    });
    const { arn } = secretsManager.createSecret({
      name: secretName,
      arnSuffix: 'KeyTrn',
      secretString: JSON.stringify({
        SECRET_KEY: randomBytes(24).toString('base64url'),
        DB_PASSWORD: password,
        TWILIO_ACCOUNT_SID: account.sid,
        TWILIO_AUTH_TOKEN: account.authToken,
        REGION: 'eu-west-1',
      }),
    });
    const world = new World({
      clock,
      ground,
      master,
      secretsManager,
      rds,
      scheduler,
      twilio,
      entries: entriesOf(combination),
      secretArn: arn,
      rotateArn,
      reconcileArn,
      invocations: 0,
      heard: (entry) => world.watch.hear(entry),
    });
    functions.set(rotateArn, (event) => world.rotateStep(event));
    functions.set(reconcileArn, (event) => world.reconcile(event));
    return world;
  }

  async close(): Promise<void> {
    const { secretsManager, scheduler, rds, master } = this.places;
    secretsManager.close();
    await scheduler.close();
    await rds.close();
    await master.remove();
  }

  rotateStep(event: unknown): Promise<void> {
    return rotateOnce(this.places, this.#traffic, event);
  }

  reconcile(event: unknown): Promise<void> {
    return reconcileOnce(this.places, this.#traffic, event);
  }

  rollBack(): Promise<void> {
    return rollBackOnce(this.places, this.#traffic);
  }

  /** Calls RotateSecret as a person or the schedule does. False: an incomplete one is taken up. */
  async rotateSecret(token: string = randomUUID()): Promise<boolean> {
    const body = {
      SecretId: this.places.secretArn,
      ClientRequestToken: token,
      RotationLambdaARN: this.places.rotateArn,
    };
    return (await this.request('RotateSecret', body)).ok;
  }

  /** A request of somebody else's to Secrets Manager. */
  async request(operation: string, body: object): Promise<Response> {
    const headers = { 'x-amz-target': `secretsmanager.${operation}`, authorization: 'a person' };
    const request = new Request('http://aws.test/', {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    const response = await this.places.secretsManager.service(request);
    if (!response) throw new Error(`Secrets Manager does not answer ${operation}.`);
    return response;
  }

  /** Moves the clock on whenever nothing else happens, until the work is settled. */
  drive<T>(work: Promise<T>): Promise<T> {
    return this.#pace.drive(work);
  }

  /** Lets so many ms pass, with everything that falls due in them. */
  pass(ms: number): Promise<void> {
    return this.#pace.pass(ms);
  }

  readonly #traffic: Traffic = {
    arrive: async (call) => {
      const point = { ...call, index: this.points.length };
      this.points.push(point);
      await this.rules.hold?.(point);
      const fault = this.rules.faultAt(point);
      this.watch.note(point, fault);
      // However it ends, it takes time: versions and bookings are told apart by their times.
      this.places.clock.jump(this.places.clock.now().getTime() + callMs);
      return fault;
    },
    carry: (work) => this.#pace.carry(work),
  };
}
