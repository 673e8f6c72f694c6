/** One call to be authorised, as IAM sees it. */
export interface ApiCall {
  /** Such as `secretsmanager:GetSecretValue`. */
  readonly action: string;
  /** The ARN it is about. */
  readonly resource: string;
  /** Condition keys, beside the global ones of the principal. */
  readonly context: Readonly<Record<string, string>>;
  /** The policy on what it is about, where that has one. */
  readonly resourcePolicy?: unknown;
}
