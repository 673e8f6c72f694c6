import { adminSecretName } from './aws-call.ts';
import { concernsItself } from './databases/statement.ts';
import { isDatabase, type Point } from './point.ts';
import { otherThan, type Actor } from './turns.ts';

/** What a call reads or changes, and where. */
interface Effect {
  readonly place: string;
  /** The things of that place which it touches; `undefined` stands for all of them. */
  readonly parts: readonly string[] | undefined;
  readonly changes: boolean;
}

/** One call of one of two that meet; without a point it is somebody's PutSecretValue by hand. */
export interface Made {
  readonly actor: Actor;
  readonly point?: Point | undefined;
}

/**
 * Learns from runs what two invocations do, and tells where it makes a difference that one gives
 * way to the other: not before a call that commutes with all the other one has yet to do.
 */
export class Conflicts {
  /** Each effect an actor was ever seen to have, with the latest of its calls that had it. */
  readonly #seen: Record<Actor, Map<string, { effect: Effect; latest: number }>> = {
    A: new Map(),
    B: new Map(),
  };

  learn(trace: readonly Made[]): void {
    const calls: Record<Actor, number> = { A: 0, B: 0 };
    for (const { actor, point } of trace) {
      const effect = effectOf(point);
      const key = JSON.stringify(effect);
      const latest = Math.max(calls[actor], this.#seen[actor].get(key)?.latest ?? 0);
      this.#seen[actor].set(key, { effect, latest });
      calls[actor] += 1;
    }
  }

  /** Whether this call may conflict with one the other makes after its first `otherDid` calls. */
  matters({ actor, point }: Made, otherDid: number): boolean {
    const effect = effectOf(point);
    const others = [...this.#seen[otherThan(actor)].values()];
    return others.some((other) => other.latest >= otherDid && conflict(effect, other.effect));
  }
}

/**
 * A trace in a form in which traces are equal that differ only in the order of calls which
 * commute: of the calls that may come next, always A's first.
 */
export function normalForm(trace: readonly Made[]): string {
  const calls = trace.map(({ actor, point }) => ({ actor, point, effect: effectOf(point) }));
  const left: Record<Actor, typeof calls> = { A: [], B: [] };
  for (const call of calls) left[call.actor].push(call);
  const position = new Map(calls.map((call, at) => [call, at]));
  const at = (call: (typeof calls)[number]) => position.get(call) ?? 0;
  const form: string[] = [];
  while (form.length < calls.length) {
    const [a] = left.A;
    const waits = a && left.B.some((b) => at(b) < at(a) && conflict(a.effect, b.effect));
    const next = left[a && !waits ? 'A' : 'B'].shift();
    if (!next) break;
    const { actor, point } = next;
    form.push([actor, point?.step, point?.operation, point?.detail].join(' '));
  }
  return form.join('\n');
}

const conflict = (one: Effect, other: Effect): boolean =>
  one.place === other.place &&
  (one.changes || other.changes) &&
  (!one.parts || !other.parts || one.parts.some((part) => other.parts?.includes(part)));

function effectOf(point: Point | undefined): Effect {
  if (!point || point.system === 'Secrets Manager') return effectOnSecret(point);
  if (isDatabase(point.system)) return effectOnDatabase(point);
  const place = point.system;
  const changes = /^(Modify|Create|Delete|POST|DELETE)/.test(point.operation);
  const parts = point.system === 'Scheduler' && point.detail ? [point.detail] : undefined;
  return { place, parts, changes };
}

/** RDS and the database behind it are one: what one changes the other shows. */
const databasePlace = 'RDS';

/**
 * Its parts are who can log in, and the locks. PostgreSQL shows a change, and frees its locks, at the
 * end of the transaction; MySQL shows it at once and frees them when the session closes, which may
 * follow any call, so that taking one there conflicts with everything.
 */
function effectOnDatabase({ system, operation }: Point): Effect {
  const place = databasePlace;
  if (concernsItself(operation)) return { place, parts: [], changes: false };
  const inTransactions = system === 'PostgreSQL';
  if (/_lock\b/i.test(operation)) {
    return { place, parts: inTransactions ? ['locks'] : undefined, changes: true };
  }
  if (operation === 'COMMIT') return { place, parts: undefined, changes: true };
  if (/^(login|open|SELECT|SHOW|WITH)\b/.test(operation)) {
    return { place, parts: ['logins'], changes: false };
  }
  return { place, parts: [inTransactions ? 'locks' : 'logins'], changes: true };
}

/** Its parts are the labels, and `values` for which versions there are. */
function effectOnSecret(point: Point | undefined): Effect {
  const place = 'Secrets Manager';
  if (point?.detail === adminSecretName)
    return { place: adminSecretName, parts: [], changes: false };
  const label = point?.detail?.replace(/ off$/, '') ?? '';
  switch (point?.operation ?? 'PutSecretValue') {
    case 'DescribeSecret':
      return { place, parts: undefined, changes: false };
    case 'GetSecretValue':
      return { place, parts: [label, 'values'], changes: false };
    case 'UpdateSecretVersionStage':
      // The service moves AWSPREVIOUS along with AWSCURRENT.
      return {
        place,
        parts: label === 'AWSCURRENT' ? [label, 'AWSPREVIOUS', 'AWSPENDING'] : [label],
        changes: true,
      };
    default:
      return { place, parts: undefined, changes: true };
  }
}
