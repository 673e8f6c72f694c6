import { SecretsError } from './secrets-error.ts';

interface Meanwhile {
  /** Of the value in memory. */
  readonly ageMs: number;
  /** How much longer it is served, in ms. */
  readonly leftMs: number;
}

/** A failed read, for a person: what failed, and what is served meanwhile. */
export function toldFailure(failure: SecretsError, { ageMs, leftMs }: Meanwhile): string {
  const { message, code } = failure;
  const version = `The version from ${inSeconds(ageMs)} ago`;
  return `${message} It is tried again by itself. ${version} is ${served(leftMs)}. [${code}]`;
}

function served(leftMs: number): string {
  if (leftMs <= 0) return 'too old to be served';
  return leftMs === Infinity ? 'served on' : `served for ${inSeconds(leftMs)} more`;
}

const inSeconds = (ms: number) => `${Math.round(ms / 1_000)} s`;

export const notLoaded = () =>
  new SecretsError(
    'SECRET_NOT_LOADED',
    'No value has been read yet. Wait for ready() once, when the application starts.',
  );

export const unexpected = () =>
  new SecretsError('SECRET_UNREACHABLE', 'Reading the secret failed in a way that is not known.');

export const tooOld = (failure: SecretsError) =>
  new SecretsError(
    'SECRET_TOO_OLD',
    `What is in memory is too old to be served. ${failure.message}`,
    failure.cause,
  );
