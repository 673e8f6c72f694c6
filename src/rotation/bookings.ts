/** What the reconcile function is called with. Holds no value. */
export interface ReconcileEvent {
  /** The secret's ARN. */
  readonly secret: string;
  /** The version that was current when this was booked; absent: whatever is current now. */
  readonly current?: string | undefined;
  /** The version whose credentials that one superseded; absent in a recovery. */
  readonly superseded?: string | undefined;
  /** The keys whose grace has ended by then, or, in a recovery, that were about to be switched. */
  readonly keys?: readonly string[] | undefined;
}

/** The daily run, or a person, names the secret and nothing else; a booking names what it is for. */
export const isDaily = ({ current, superseded, keys }: ReconcileEvent): boolean =>
  !current && !superseded && !keys;

export interface Booking {
  /** What it is for, a word; with the secret and version it makes the booking's name. */
  readonly purpose: string;
  readonly versionId: string;
  readonly at: Date;
  readonly event: ReconcileEvent;
}

/** Calls of the reconcile function at a later time, kept by a service that outlives the function. */
export interface Bookings {
  /** Replaces a booking for the same secret, version and purpose. May be delivered twice. */
  book(booking: Booking): Promise<void>;
}
