import { Failure } from '../failure.ts';
import { inParallel } from './in-parallel.ts';
import { createLook, type Looking, type Subject } from './look.ts';
import type { SecretStatus } from './secret-status.ts';

/** What one look at all secrets showed. */
export interface Round {
  readonly statuses: readonly SecretStatus[];
  /** What is to be said beside them. */
  readonly remarks: readonly string[];
}

interface Subjects {
  readonly subjects: readonly Subject[];
  readonly remarks: readonly string[];
}

/** How many functions are asked at the same time. */
const atOnce = 4;

/** How long a list of the secrets is good for, in ms. */
const listedMs = 5 * 60_000;

/** Answers a function that looks at all secrets, the named ones or those that Keyturn rotates. */
export function createRound(options: Looking & { readonly secrets: readonly string[] }) {
  const look = createLook(options);
  const named = [...new Set(options.secrets)].map((secretId) => ({ secretId, isNamed: true }));
  let listed: { readonly until: number; readonly found: Subjects } | undefined;

  return async (): Promise<Round> => {
    const { subjects, remarks } =
      named.length > 0 ? { subjects: named, remarks: [] } : await allSubjects();
    return { statuses: await inParallel(subjects, atOnce, (subject) => look.at(subject)), remarks };
  };

  async function allSubjects(): Promise<Subjects> {
    if (listed && Date.now() < listed.until) return listed.found;
    const found = await list().catch((error: unknown) => {
      if (listed && error instanceof Failure) return { ...listed.found, remarks: [error.message] };
      throw error;
    });
    listed = { until: Date.now() + listedMs, found };
    return found;
  }

  async function list(): Promise<Subjects> {
    const { secrets, others } = await look.list();
    const subjects = secrets.map((secretId) => ({ secretId, isNamed: false }));
    const remarks = [
      ...(secrets.length === 0 ? ['Keyturn rotates no secret in this region and account.'] : []),
      ...(others > 0 ? [`Rotated by other functions, and not looked at: ${others}.`] : []),
    ];
    return { subjects, remarks };
  }
}
