import { secretIdOf } from './arguments.ts';
import { UsageError } from './failure.ts';

/** The secret of `--secret`, or else of KEYTURN_SECRET_ID. Throws a UsageError. */
export function namedSecret(given: string | undefined): string {
  const named = given ?? process.env.KEYTURN_SECRET_ID;
  if (named !== undefined) return secretIdOf(named);
  throw new UsageError(
    'No secret is named. Give its name or ARN with --secret, or set the variable KEYTURN_SECRET_ID.',
  );
}
