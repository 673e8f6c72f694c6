/** One request that was answered. Never holds a value that it brought or was answered. */
export interface Call {
  readonly operation: string;
  readonly at: Date;
  readonly userAgent: string;
  /** The ARN of the secret it was about, where it named one that there is. */
  readonly secret?: string;
  /** The error's type, where it failed. */
  readonly error?: string;
}

const longest = 10_000;

/** Keeps the latest calls, the oldest first. */
export function recordIn(calls: Call[], call: Call): void {
  calls.push(call);
  if (calls.length > longest) calls.splice(0, calls.length - longest);
}
