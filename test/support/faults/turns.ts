import type { Point } from './point.ts';

export type Actor = 'A' | 'B';

export const otherThan = (actor: Actor): Actor => (actor === 'A' ? 'B' : 'A');

/** An order of two invocations: who begins, and after how many calls each turn ends. */
export interface Order {
  readonly first: Actor;
  readonly turns: readonly number[];
}

/** Reads as `A3 B1 A2 B*`: three calls of A, one of B, two of A, and B to its end. */
export function nameOfOrder({ first, turns }: Order): string {
  let actor = first;
  const parts = turns.map((calls) => {
    const part = `${actor}${calls}`;
    actor = otherThan(actor);
    return part;
  });
  return [...parts, `${actor}*`].join(' ');
}

/** Throws for a text that names no order. */
export function orderOf(name: string): Order {
  const parts = name.split(' ');
  const first = parts[0]?.startsWith('B') ? 'B' : 'A';
  const turns = parts.slice(0, -1).map((part) => Number(part.slice(1)));
  if (turns.some((calls) => !Number.isInteger(calls)))
    throw new Error(`No order is called ${name}.`);
  return { first, turns };
}

/** Lets one of two invocations go on at a time, call by call, in a given order. */
export class Turns {
  /** Whose calls were made, in their order. */
  readonly trace: { readonly actor: Actor; readonly point?: Point | undefined }[] = [];
  readonly #left: number[];
  readonly #ended = new Set<Actor>();
  readonly #waiting: Record<Actor, (() => void)[]> = { A: [], B: [] };
  #actor: Actor;

  constructor({ first, turns }: Order) {
    this.#actor = first;
    this.#left = [...turns];
  }

  /** Resolves when it is this call's turn. */
  async wait(actor: Actor, point?: Point): Promise<void> {
    while (!this.#take(actor)) {
      await new Promise<void>((resolve) => this.#waiting[actor].push(resolve));
    }
    this.trace.push({ actor, point });
  }

  /** Runs an invocation as one of the two; when it has ended the other goes on alone. */
  async run(actor: Actor, work: () => Promise<unknown>): Promise<void> {
    // What becomes of an invocation is judged by the state of the world.
    await work().catch(() => undefined);
    this.#ended.add(actor);
    if (this.#actor === actor) this.#pass();
  }

  #take(actor: Actor): boolean {
    if (this.#ended.has(otherThan(actor))) return true;
    if (this.#actor !== actor) return false;
    const [left] = this.#left;
    if (left === undefined) return true;
    if (left > 0) {
      this.#left[0] = left - 1;
      return true;
    }
    this.#left.shift();
    this.#pass();
    return false;
  }

  #pass(): void {
    this.#actor = otherThan(this.#actor);
    for (const wake of this.#waiting[this.#actor].splice(0)) wake();
  }
}
