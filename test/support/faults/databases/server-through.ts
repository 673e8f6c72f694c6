import { connectionFailure } from '../../../../src/rotators/database/connection-failure.ts';
import type {
  DatabaseServer,
  LogInRequest,
  Session,
} from '../../../../src/rotators/database/server.ts';
import type { Crossing, Passage } from '../passage.ts';
import type { OutsideCall } from '../point.ts';
import { LentSession, type DatabasePlace } from './lent-session.ts';
import { operationOf } from './statement.ts';
import type { RealDatabase } from './real-database.ts';

/**
 * A database as one invocation reaches it: every login and every statement is a call that can fail,
 * in the words of the real client or of the real server. When the invocation dies, its sessions go.
 */
export function serverThrough(passage: Passage, place: DatabasePlace): DatabaseServer {
  const { database, verdicts } = place;
  const calling = (operation: string, user: string): OutsideCall => ({
    system: database.system,
    operation,
    detail: nameOfAccount(user),
  });

  return {
    logIn: (request) =>
      inTime(passage, request, () =>
        passage.cross({
          call: calling('login', request.user),
          effect: () => verdicts.verdict(request),
          instead: elsewhere(database, request, (other) => database.client.logIn(other)),
        }),
      ),
    open: (request) =>
      inTime(passage, request, async () => {
        const lent: LentSession[] = [];
        const letGo = () => Promise.all(lent.map((session) => session.release()));
        passage.atEnd(async (died) => {
          const isLeftOpen = lent.some((session) => !session.isReleased);
          await letGo();
          if (isLeftOpen && !died) throw new Error('A session was left open by an invocation.');
        });
        return passage.cross({
          call: calling('open', request.user),
          async effect() {
            if ((await verdicts.verdict(request)) === 'rejected') return 'rejected';
            const session = new LentSession(place, request, await database.sessions.lend(request));
            lent.push(session);
            return sessionThrough(passage, session, (text) =>
              calling(operationOf(text), request.user),
            );
          },
          instead: elsewhere(database, request, async (other) => {
            // Where the answer was lost, the server ends a session that nobody knows of.
            await letGo();
            return database.client.open(other);
          }),
        });
      }),
  };
}

/** Accounts are named for what they do and for their world, of which only the first is told. */
function nameOfAccount(user: string): string | undefined {
  const name = user.replace(/_[0-9a-f]{12}$/, '');
  return name === 'master' ? undefined : name;
}

/** Where the time is up, the real client says what it says then. */
async function inTime<R>(
  { signal }: Passage,
  request: LogInRequest,
  work: () => Promise<R>,
): Promise<R> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) throw connectionFailure('', request);
    throw error;
  }
}

/** A fault sends the call to the sick database, so that the client itself makes the error. */
function elsewhere<R>(
  { sick }: RealDatabase,
  request: LogInRequest,
  call: (request: LogInRequest) => Promise<R>,
): Crossing<R>['instead'] {
  const at = (port: number) => () => call({ ...request, port });
  return {
    timeout: at(sick.cutting),
    unreachable: at(sick.gone),
    transient: at(sick.full),
    permanent: at(sick.closed),
  };
}

const sessionThrough = (
  passage: Passage,
  lent: LentSession,
  callOf: (text: string) => OutsideCall,
): Session => ({
  query: (text, values) =>
    inTime(passage, lent.request, async () => {
      if (lent.isReleased) throw connectionFailure('', lent.request);
      return passage.cross({
        call: callOf(text),
        effect: () => lent.run(text, values),
        instead: {
          timeout: () => lent.cut(),
          unreachable: () => lent.cut(),
          transient: () => lent.run(lent.refused.transient),
          permanent: () => lent.run(lent.refused.permanent),
        },
      });
    }),
  close: () => passage.carry(() => lent.release()),
});
