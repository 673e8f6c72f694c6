import { type DescribedSecret, pendingOf } from '../described-secret.ts';
import { Failure } from '../failure.ts';

/** Throws where a version stored now would abandon a rotation that has begun. */
export function assertNotRotating(secret: DescribedSecret): void {
  const { name } = secret;
  const pending = pendingOf(secret);
  if (pending === undefined) return;
  throw new Failure(
    'ROTATION_IN_PROGRESS',
    `A rotation of ${name} has begun and is not done (AWSPENDING is on ${pending}). A value stored ` +
      `now would abandon it. Wait for its end, or run keyturn repair ${name} first.`,
  );
}
