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
}

/** The function's process is gone: what Secrets Manager and Scheduler see of it. */
class ExitError extends Error {
  override name = 'RuntimeExitError';
}

/** The one way of one invocation to the systems outside. When the invocation dies, it is shut. */
export class Passage {
  readonly #of: Pick<Point, 'invocation' | 'step'>;
  readonly #traffic: Traffic;
  readonly #deadline = new AbortController();
  readonly #death = Promise.withResolvers<never>();
  #dead = false;

  constructor(of: Pick<Point, 'invocation' | 'step'>, traffic: Traffic) {
    this.#of = of;
    this.#traffic = traffic;
    this.#death.promise.catch(() => undefined);
  }

  /** Aborts when the invocation has no time left. */
  get signal(): AbortSignal {
    return this.#deadline.signal;
  }

  /** Rejects when the invocation dies, or has no time left. */
  get end(): Promise<never> {
    return this.#death.promise;
  }

  async cross<Answer>({ call, effect, instead }: Crossing<Answer>): Promise<Answer> {
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
