import type { Fault } from './fault.ts';
import type { OutsideCall, Point } from './point.ts';

/** What an outside call is made of: its effect, and how its system words what goes wrong. */
export interface Crossing<Answer> {
  readonly call: OutsideCall;
  readonly effect: () => Promise<Answer>;
  readonly instead: Readonly<
    Record<'timeout' | 'unreachable' | 'transient' | 'permanent', () => Promise<Answer>>
  >;
}

/** What watches over the calls of all invocations of a world. */
export interface Traffic {
  /** Counts a call, may hold it back, and says what becomes of it. */
  arrive(call: OutsideCall & Pick<Point, 'invocation' | 'step'>): Promise<Fault | undefined>;
  /** Carries what really happens, and looks at the world before anybody hears of it. */
  carry<T>(work: () => Promise<T>): Promise<T>;
  /** An invocation begins: the clock stands while it is at work. */
  enter(passage: Passage): void;
}

/** The function's process is gone: what Secrets Manager and Scheduler see of it. */
class ExitError extends Error {
  override name = 'RuntimeExitError';
}

/** Lets go of something; `died` says that the invocation could not do it itself. */
type LetGo = (died: boolean) => Promise<unknown>;

/** The one way of one invocation to the systems outside. When the invocation dies, it is shut. */
export class Passage {
  readonly #of: Pick<Point, 'invocation' | 'step'>;
  readonly #traffic: Traffic;
  readonly #deadline = new AbortController();
  readonly #death = Promise.withResolvers<never>();
  readonly #leftovers: LetGo[] = [];
  #dead = false;
  #ended = false;
  /** How many things it waits for at this moment. */
  #waits = 0;

  constructor(of: Pick<Point, 'invocation' | 'step'>, traffic: Traffic) {
    this.#of = of;
    this.#traffic = traffic;
    this.#death.promise.catch(() => undefined);
    traffic.enter(this);
  }

  /** Aborts when the invocation has no time left. */
  get signal(): AbortSignal {
    return this.#deadline.signal;
  }

  /** Neither waiting for an answer, its turn or the clock, nor over: it computes something. */
  get isAtWork(): boolean {
    return !this.#ended && this.#waits === 0;
  }

  get isOver(): boolean {
    return this.#ended;
  }

  /** Runs an invocation's code to its end, or to its death; what it leaves behind is then let go of. */
  async lead<R>(work: () => Promise<R>): Promise<R> {
    try {
      return await Promise.race([work(), this.#death.promise]);
    } finally {
      this.#ended = true;
      const died = this.#dead || this.signal.aborted;
      await this.carry(() => Promise.all(this.#leftovers.map((letGo) => letGo(died))));
    }
  }

  /** What is to be let go of when the invocation is over, however it ends. */
  atEnd(letGo: LetGo): void {
    this.#leftovers.push(letGo);
  }

  /** Something of the invocation's that takes real time and cannot fail. */
  carry<R>(work: () => Promise<R>): Promise<R> {
    return this.waiting(() => this.#traffic.carry(work));
  }

  /** Tells that the invocation waits while this is under way. */
  async waiting<R>(work: () => Promise<R>): Promise<R> {
    this.#waits += 1;
    try {
      return await work();
    } finally {
      this.#waits -= 1;
    }
  }

  /** One call outside. */
  cross<Answer>(crossing: Crossing<Answer>): Promise<Answer> {
    return this.waiting(() => this.#cross(crossing));
  }

  async #cross<Answer>({ call, effect, instead }: Crossing<Answer>): Promise<Answer> {
    if (this.#dead) return never();
    const fault = await this.#traffic.arrive({ ...call, ...this.#of });
    if (this.#dead) return never();
    this.signal.throwIfAborted();

    const take = () => this.#traffic.carry(() => settled(effect));
    const say = (how: keyof typeof instead) => this.#traffic.carry(instead[how]);
    switch (fault) {
      case undefined:
        return (await take())();
      case 'crash-before':
        return this.#die();
      case 'crash-after':
        await take();
        return this.#die();
      case 'answer-lost':
        await take();
        return say('timeout');
      case 'sent-twice':
        await take();
        return (await take())();
      case 'unreachable':
        return say('unreachable');
      case 'transient':
        return say('transient');
      case 'permanent':
        return say('permanent');
      case 'hangs-before':
        return this.#timeOut();
      case 'hangs-after':
        await take();
        return this.#timeOut();
    }
  }

  #die(): Promise<never> {
    this.#dead = true;
    this.#death.reject(new ExitError('The runtime exited.'));
    return never();
  }

  #timeOut(): never {
    const reason = new DOMException('This operation was aborted', 'AbortError');
    this.#deadline.abort(reason);
    this.#death.reject(reason);
    throw reason;
  }
}

const never = () => new Promise<never>(() => undefined);

/** The outcome of work, to be had or thrown later. */
async function settled<Answer>(work: () => Promise<Answer>): Promise<() => Answer> {
  try {
    const answer = await work();
    return () => answer;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
