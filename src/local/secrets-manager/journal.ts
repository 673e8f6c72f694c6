/** One request that was answered. Never holds what it asked or what it was answered. */
export interface Call {
  readonly operation: string;
  readonly at: Date;
  readonly userAgent: string;
  /** The error's type, where it failed. */
  readonly error?: string;
}

const longest = 10_000;

/** Keeps the latest calls, the oldest first. */
export function recordIn(calls: Call[], call: Call): void {
  calls.push(call);
  if (calls.length > longest) calls.splice(0, calls.length - longest);
}
