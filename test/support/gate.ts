import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * What becomes of one call. `never-sent` and `answer-lost`: the connection breaks before or after
 * the effect, and the caller lives on. `dies-before` and `dies-after`: so does the caller.
 * `held`: the effect happens and no answer comes. `waits`: it is held back until `resume`.
 */
export type Fault = 'never-sent' | 'answer-lost' | 'dies-before' | 'dies-after' | 'held' | 'waits';

export interface Place {
  readonly host: string;
  readonly port: number;
}

/**
 * The one way from an invocation to the systems outside, on the level of TCP, so that it serves
 * HTTP and databases alike. A call is one turn of the conversation: what the client says until
 * the system answers. Calls are counted from 1, and one of them may fail.
 */
export class Gate {
  readonly #plan: { readonly at: number; readonly fault: Fault } | undefined;
  readonly #calls: string[] = [];
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #life = new AbortController();
  readonly #reached = Promise.withResolvers<void>();
  readonly #resumed = Promise.withResolvers<void>();
  #isCut = false;
  #wasReached = false;

  constructor(plan?: { readonly at: number; readonly fault: Fault }) {
    this.#plan = plan;
  }

  /** A gate to systems that nobody can reach. */
  static cut(): Gate {
    const gate = new Gate();
    gate.#isCut = true;
    return gate;
  }

  /** The calls so far, by name. Holds no values. */
  get calls(): readonly string[] {
    return this.#calls;
  }

  get wasReached(): boolean {
    return this.#wasReached;
  }

  /** Resolves when the call that is to fail has been made. */
  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  /** The invocation's signal: aborted when it dies, or by `abort`. */
  get signal(): AbortSignal {
    return this.#life.signal;
  }

  abort(): void {
    this.#life.abort();
  }

  /** Lets the call go on that `waits`. */
  resume(): void {
    this.#resumed.resolve();
  }

  /** The place to call instead of `system`. `whole`: a connection is one call, whatever is said. */
  async to(name: string, system: Place, { whole = false } = {}): Promise<Place> {
    const server = createServer((client) => this.#carry(name, client, { system, whole }));
    this.#servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return { host: '127.0.0.1', port: address && typeof address === 'object' ? address.port : 0 };
  }

  close(): void {
    this.#destroyAll();
    for (const server of this.#servers) server.close();
  }

  #carry(name: string, client: Socket, to: { system: Place; whole: boolean }): void {
    if (this.#isCut) return void client.destroy();
    const system = connect(to.system);
    const destroy = () => (client.destroy(), system.destroy());
    for (const socket of [client, system]) this.#track(socket);
    let speaker: 'client' | 'system' = 'system';
    let fault: Fault | undefined;
    let isCounted = false;

    client.on('data', (said) => {
      if (speaker === 'system' && !(to.whole && isCounted)) fault = this.#count(name, said);
      [speaker, isCounted] = ['client', true];
      if (fault === 'dies-before') return this.#die();
      if (fault === 'never-sent') return destroy();
      if (fault === 'waits') return void this.#resumed.promise.then(() => system.write(said));
      system.write(said);
    });
    system.on('data', (answer) => {
      speaker = 'system';
      if (fault === 'dies-after') return this.#die();
      if (fault === 'answer-lost') return destroy();
      if (fault !== 'held') client.write(answer);
    });
    client.on('close', () => system.end());
    system.on('close', () => {
      if (fault === 'dies-after') this.#die();
      if (fault !== 'held') client.destroy();
    });
  }

  #count(name: string, said: Buffer): Fault | undefined {
    const line = /^[A-Z]+ \S+(?= HTTP\/1)/.exec(said.toString('latin1'))?.[0];
    this.#calls.push(line ? `${name}: ${line}` : name);
    if (this.#calls.length !== this.#plan?.at) return undefined;
    this.#wasReached = true;
    this.#reached.resolve();
    return this.#plan.fault;
  }

  #die(): void {
    this.#isCut = true;
    this.#destroyAll();
    this.#life.abort();
  }

  #destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined /* broken on purpose, or by the other side */);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}
