import { DocumentedFailure } from './documented-failure.ts';
import { Failure, Interrupted } from './failure.ts';
import { Unanswered } from './unanswered.ts';

/** How things stand after a failure; `undefined` where the failure says that by itself. */
type Standing = string | ((failure: Failure) => string | undefined);

/** Does a part of the work; where it breaks off, the error also says how things stand then. */
export async function whereItStands<T>(work: () => Promise<T>, standing: Standing): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const told = typeof standing === 'string' ? standing : standing(error);
    if (told === undefined) throw error;
    const message = `${error.message}\n${told}\nTo run the same command again is safe.`;
    if (error instanceof Interrupted) throw new Interrupted(error.code, message);
    throw new DocumentedFailure(error.code, message, error.toJSON());
  }
}

/** Of something that a function was asked to do, where nobody knows whether it did. */
export const mayBeDone =
  (what: string) =>
  (failure: Failure): string | undefined =>
    failure instanceof Interrupted || failure instanceof Unanswered
      ? `${what} may have been done all the same: the same command again tells.`
      : undefined;
