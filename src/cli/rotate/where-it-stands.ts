import { Failure, Interrupted } from '../failure.ts';
import { RotationFailure } from './rotation-failure.ts';

/** Does a part of the work; where it breaks off, the error also says how things stand then. */
export async function whereItStands<T>(
  work: () => Promise<T>,
  standing: string | ((failure: Failure) => string),
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const told = typeof standing === 'string' ? standing : standing(error);
    const message = `${error.message}\n${told}\nTo run the same command again is safe.`;
    if (error instanceof Interrupted) throw new Interrupted(error.code, message);
    throw new RotationFailure(error.code, message, error.toJSON());
  }
}
