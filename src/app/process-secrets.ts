import type { Secrets } from './secrets.ts';

/** Secrets of any schema. */
export type AnySecrets = Secrets<object>;

interface OfThisProcess {
  chosen: AnySecrets | undefined;
  /** What was made here while nothing is chosen; the first two are enough to know. */
  readonly made: AnySecrets[];
}

const ofThisProcess: OfThisProcess = { chosen: undefined, made: [] };

/** From now on the secrets of this process where none are named. Answers them. */
export function useSecrets<Values extends object>(secrets: Secrets<Values>): Secrets<Values> {
  ofThisProcess.chosen = secrets;
  return secrets;
}

/** Secrets that the application made may be the only ones, and then they are those of the process. */
export function noteMade(secrets: AnySecrets): void {
  const { made } = ofThisProcess;
  if (made.length < 2) made.push(secrets);
}

/** Undefined where there are none. Throws a TypeError where it is not plain which ones are meant. */
export function chosenSecrets(): AnySecrets | undefined {
  const [only, other] = ofThisProcess.made;
  if (ofThisProcess.chosen === undefined && other !== undefined) {
    throw new TypeError(
      'This process has several secrets. Give the option secrets, or call useSecrets() once with those ' +
        'that are meant where none are given.',
    );
  }
  ofThisProcess.chosen ??= only;
  return ofThisProcess.chosen;
}
