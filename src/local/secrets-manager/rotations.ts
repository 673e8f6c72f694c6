import { randomUUID } from 'node:crypto';
import { CURRENT, PENDING, attach, holderOf, incompleteRotation } from './labels.ts';
import { emit, rotate, type Run, type RunContext } from './rotation-run.ts';
import type { Secret } from './secret.ts';
import { copyCurrent, testRotation } from './test-rotation.ts';
import { prune } from './versions.ts';

/** The rotations under way: at most one for each secret. */
export class Rotations {
  readonly #context: RunContext;
  readonly #runs = new Map<string, Running>();
  readonly #unsettled = new Set<Promise<void>>();
  #closed = false;

  constructor(context: RunContext) {
    this.#context = context;
  }

  /** Makes the token's version, AWSPENDING and without a value, and rotates in the background. */
  start(secret: Secret, token: string): void {
    const now = this.#context.clock.now();
    prune(secret, now, this.#context.behaviour.versionLimit);
    secret.versions.set(token, { id: token, createdDate: now });
    attach(secret, PENDING, token, now);
    this.#run(secret, token, rotate);
  }

  /** Tests the function in the background, without rotating. */
  test(secret: Secret, token: string): void {
    copyCurrent({ secret, token }, this.#context.clock.now());
    this.#run(secret, token, testRotation);
  }

  /** Takes an incomplete rotation up again with its own token, unless one is under way. */
  reattempt(secret: Secret): void {
    const token = incompleteRotation(secret);
    if (token === undefined || !secret.rotation.enabled || this.underWay(secret)) return;
    this.#run(secret, token, rotate);
  }

  /** What a rotation window does: a rotation, or another attempt at the incomplete one. */
  startScheduled(secret: Secret): void {
    if (this.underWay(secret)) return;
    if (incompleteRotation(secret) === undefined) this.start(secret, randomUUID());
    else this.reattempt(secret);
  }

  underWay(secret: Secret): boolean {
    return this.#runs.has(secret.arn);
  }

  /** To be told when AWSPENDING went from a version to another, or because another was made. */
  pendingLost(secret: Secret, versionId: string): void {
    const running = this.#runs.get(secret.arn);
    const testing = running?.token === versionId && running.work === testRotation;
    if (testing || holderOf(secret, CURRENT) === versionId) return;

    if (running?.token === versionId) this.stop(secret);
    emit(this.#context, { secret, token: versionId }, { type: 'RotationAbandoned' });
  }

  /** Invokes no further step for this secret. A step under way goes on to its end. */
  stop(secret: Secret): void {
    this.#runs.get(secret.arn)?.controller.abort();
    this.#runs.delete(secret.arn);
  }

  async idle(): Promise<void> {
    while (this.#unsettled.size > 0) await Promise.all(this.#unsettled);
  }

  close(): void {
    this.#closed = true;
    for (const running of this.#runs.values()) running.controller.abort();
    this.#runs.clear();
  }

  #run(secret: Secret, token: string, work: Work): void {
    if (this.#closed) return;
    const running = { token, work, controller: new AbortController() };
    this.#runs.set(secret.arn, running);

    const signal = running.controller.signal;
    const done = Promise.resolve()
      .then(() => work(this.#context, { secret, token, rotationToken: randomUUID(), signal }))
      .finally(() => {
        this.#unsettled.delete(done);
        if (this.#runs.get(secret.arn) === running) this.#runs.delete(secret.arn);
      });
    this.#unsettled.add(done);
  }
}

type Work = (context: RunContext, run: Run) => Promise<void>;

interface Running {
  readonly token: string;
  readonly work: Work;
  readonly controller: AbortController;
}
