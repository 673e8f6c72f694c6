import { randomBytes, randomUUID } from 'node:crypto';
import { createRds } from '../../../src/local/rds/create-rds.ts';
import { createScheduler } from '../../../src/local/scheduler/create-scheduler.ts';
import {
  createSecretsManager,
  type SecretsManagerBehaviour,
} from '../../../src/local/secrets-manager/secrets-manager.ts';
import { createTwilio } from '../../../src/local/twilio/create-twilio.ts';
import type { Inspection } from '../../../src/rotation/inspection.ts';
import type { Proposal } from '../../../src/rotation/way-out.ts';
import type { LocalFunction } from '../../../src/local/functions.ts';
import { secretName, settingOf, type Combination } from './combinations.ts';
import type { Fault } from './fault.ts';
import type { Ground } from './ground.ts';
import { inspectOnce, reconcileOnce, repairOnce, rollBackOnce, rotateOnce } from './invocation.ts';
import { Pace } from './pace.ts';
import { PacedClock } from './paced-clock.ts';
import type { Passage, Traffic } from './passage.ts';
import type { Places } from './places.ts';
import type { Point } from './point.ts';
import type { Subject } from './subjects/subject.ts';
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
  #inside: readonly Passage[] = [];

  private constructor(places: Places) {
    this.places = places;
    this.watch = new Watch(places);
    this.#pace = new Pace({
      clock: places.clock,
      look: () => this.watch.look(),
      isAtWork: () => this.#inside.some((passage) => passage.isAtWork),
    });
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
    const { subjects, entries } = await settingOf(combination, {
      ground,
      clock,
      secretsManager,
      rds,
      twilio,
      carry: (work) => world.#pace.carry(work),
    });
    const { arn } = secretsManager.createSecret({
      name: secretName,
      arnSuffix: 'KeyTrn',
      secretString: JSON.stringify({
        SECRET_KEY: randomBytes(24).toString('base64url'),
        ...Object.assign({}, ...subjects.map(({ seed }) => seed)),
        REGION: 'eu-west-1',
      }),
    });
    const world = new World({
      clock,
      secretsManager,
      rds,
      scheduler,
      twilio,
      subjects,
      entries,
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
    const { secretsManager, scheduler, rds, subjects } = this.places;
    secretsManager.close();
    await scheduler.close();
    await rds.close();
    for (const subject of subjects) await subject.remove();
  }

  /** The rotated keys whose superseded value lives on for a while. */
  keysWithGrace(): readonly string[] {
    return this.#rotatedKeys(({ longestGapMs }) => longestGapMs === 0);
  }

  /** The rotated keys of which a system holds one value. */
  switchedKeys(): readonly string[] {
    return this.#rotatedKeys(({ longestGapMs }) => longestGapMs > 0);
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

  inspect(): Promise<Inspection> {
    return inspectOnce(this.places, this.#traffic);
  }

  async repair(confirmed: Proposal): Promise<void> {
    await repairOnce(this.places, this.#traffic, confirmed);
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

  #rotatedKeys(belongs: (subject: Subject) => boolean): readonly string[] {
    const configured = new Set(this.places.entries.flatMap(({ keys }) => Object.keys(keys)));
    const named = this.places.subjects.filter(belongs).flatMap(({ keys }) => Object.keys(keys));
    return named.filter((key) => configured.has(key));
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
    enter: (passage) => {
      this.#inside = [...this.#inside.filter((each) => !each.isOver), passage];
    },
  };
}
