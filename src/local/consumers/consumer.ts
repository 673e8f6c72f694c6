/** Somebody who uses a credential, in two ways. Both throw where it is refused. */
export interface Consumer {
  /** Reads what AWSCURRENT holds, and uses that at once: nothing is known of other versions. */
  bare(): Promise<void>;
  /** By keyturn/app, as docs/application.md says. */
  application(): Promise<void>;
}
