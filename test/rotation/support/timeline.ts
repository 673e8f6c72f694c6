type Hook = () => Promise<void> | void;

interface Planned {
  readonly when: 'before' | 'after';
  readonly event: string;
  readonly run: Hook;
  left: number;
}

/**
 * Everything the protocol makes happen in the outside world, in order. A test may act right before
 * or right after any of it: throw, wait, or do what another invocation would do at that point.
 */
export class Timeline {
  readonly events: string[] = [];
  readonly #planned: Planned[] = [];

  /** Runs `run` before the next `times` events of that name. What it throws prevents the event. */
  before(event: string, run: Hook, times = 1): void {
    this.#planned.push({ when: 'before', event, run, left: times });
  }

  /** Runs `run` after the event took effect. What it throws takes the answer's place. */
  after(event: string, run: Hook, times = 1): void {
    this.#planned.push({ when: 'after', event, run, left: times });
  }

  async around<R>(event: string, work: () => Promise<R> | R): Promise<R> {
    this.events.push(event);
    await this.#fire('before', event);
    const result = await work();
    await this.#fire('after', event);
    return result;
  }

  /** The events of these names only, in order. */
  only(...names: readonly string[]): string[] {
    return this.events.filter((event) => names.includes(event));
  }

  clear(): void {
    this.events.length = 0;
    this.#planned.length = 0;
  }

  async #fire(when: Planned['when'], event: string): Promise<void> {
    const due = this.#planned.find((p) => p.when === when && p.event === event && p.left > 0);
    if (!due) return;
    due.left -= 1;
    await due.run();
  }
}
