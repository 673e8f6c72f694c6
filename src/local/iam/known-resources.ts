/** What a secret tells whoever authorises a call about it. */
export interface KnownSecret {
  readonly arn: string;
  readonly functionArn: string | undefined;
  /** As it was given: an ARN, an id or an alias. Absent where it is the account's own key. */
  readonly kmsKeyArn: string | undefined;
  /** The policy on the secret itself. */
  readonly resourcePolicy?: unknown;
}

/** What a key of KMS tells. */
export interface KnownKey {
  readonly arn: string;
  readonly enabled: boolean;
  readonly policy: unknown;
}

/** Where a call is authorised, what it is about is looked up here. */
export interface KnownResources {
  readonly findSecret: (secretId: string) => KnownSecret | undefined;
  /** By its ARN, id or alias. Absent, or `undefined`: a key whose policy is the usual one. */
  readonly findKey?: ((keyId: string) => KnownKey | undefined) | undefined;
}
