import { homedir } from 'node:os';

/** What the command finds around it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The folder it was started in. */
  readonly folder: string;
  readonly now: () => Date;
}

/** Those of this process; empty variables count as unset, as the SDK has it. */
export function ownSurroundings(): Surroundings {
  const set = Object.entries(process.env).filter(([, value]) => value !== '');
  const env = Object.fromEntries(set);
  return { env, home: homedir(), folder: process.cwd(), now: () => new Date() };
}
