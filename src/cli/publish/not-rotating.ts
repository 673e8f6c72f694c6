import type { DescribedSecret } from '../described-secret.ts';
import { Failure } from '../failure.ts';

/** Throws where a version stored now would abandon a rotation that has begun. */
export function assertNotRotating({ name, versionAt }: DescribedSecret): void {
  const pending = versionAt('AWSPENDING');
  if (pending === undefined || pending === versionAt('AWSCURRENT')) return;
  throw new Failure(
    'ROTATION_IN_PROGRESS',
    `A rotation of ${name} has begun and is not done (AWSPENDING is on ${pending}). A value stored ` +
      `now would abandon it. Wait for its end, or run keyturn repair ${name} first.`,
  );
}
