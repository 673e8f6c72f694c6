import { RotationError } from './errors.ts';
import type { Rotation } from './rotation.ts';
import {
  hasLabel,
  labels,
  noCurrentVersion,
  type SecretDescription,
  type SecretVersion,
} from './secret-store.ts';

/** The two versions a rotation stands between. */
export interface Versions {
  readonly pending: SecretVersion;
  readonly current: SecretVersion;
}

/**
 * Reads both versions; `already-current` when the token's version was committed before. Throws
 * `TOKEN_UNKNOWN`, `TOKEN_NOT_PENDING`, `PENDING_WITHOUT_VALUE` or `NO_CURRENT_VERSION`.
 */
export async function readVersions({
  secret,
  token,
}: Rotation): Promise<Versions | 'already-current'> {
  const [pending, current] = await Promise.all([
    secret.read({ versionId: token, label: labels.pending }),
    secret.read({ label: labels.current }),
  ]);
  // A service may leave AWSPENDING on the version that it made current.
  if (current?.versionId === token) return 'already-current';
  if (pending && current) return { pending, current };

  const description = await secret.describe();
  if (assertPending(description, token) === 'already-current') return 'already-current';
  if (!current) throw noCurrentVersion();
  throw withoutValue();
}

/** Throws `TOKEN_NOT_PENDING` where another rotation took the place of this one. */
export async function assertStillPending({ secret, token }: Rotation): Promise<void> {
  const pending = await secret.read({ versionId: token, label: labels.pending });
  if (!pending) throw notPending();
}

/** Whether Secrets Manager tries a set-up, which it does on a copy of the current value. */
export const isTrial = ({ pending, current }: Versions): boolean =>
  pending.document.text === current.document.text;

/** What the labels say of a token: pending as it should be, or committed before. */
export function assertPending(
  description: SecretDescription,
  token: string,
): 'pending' | 'already-current' {
  if (hasLabel(description, token, labels.current)) return 'already-current';
  if (hasLabel(description, token, labels.pending)) return 'pending';
  throw description.labelsOf.has(token) ? notPending() : unknownToken();
}

const unknownToken = () =>
  new RotationError(
    'TOKEN_UNKNOWN',
    'The secret has no labelled version with this ClientRequestToken: the rotation was abandoned, or ' +
      'the event belongs to another secret. Start a new rotation with RotateSecret.',
  );

const notPending = () =>
  new RotationError(
    'TOKEN_NOT_PENDING',
    'The version with this ClientRequestToken does not carry AWSPENDING any more: another rotation ' +
      'took its place. Start a new rotation with RotateSecret.',
  );

const withoutValue = () =>
  new RotationError(
    'PENDING_WITHOUT_VALUE',
    'The pending version has no value yet: createSecret has not stored one. Secrets Manager runs the ' +
      'rotation again; by hand, run createSecret first.',
  );
