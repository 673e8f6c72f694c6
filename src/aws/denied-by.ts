/** What refused a call: the key of KMS, or which of the policies that have a say. */
export type DeniedBy =
  | 'kms'
  | 'endpoint'
  | 'boundary'
  | 'organization'
  | 'session'
  | 'resource'
  | 'identity'
  | 'unknown';

/** By AWS's own words, of which nothing else is kept. */
export function deniedBy(message: string): { readonly by: DeniedBy; readonly explicit: boolean } {
  const explicit = /explicit deny/i.test(message);
  const [, by] = kinds.find(([pattern]) => pattern.test(message)) ?? [undefined, 'unknown'];
  return { by, explicit };
}

/**
 * "because no … policy allows", "with an explicit deny in a … policy"; and where Secrets Manager may
 * not use the key for the caller "Access to KMS is not allowed".
 */
const kinds: readonly (readonly [pattern: RegExp, by: DeniedBy])[] = [
  [/access to kms|kms:|ciphertext refers to|customer master key|kms key/i, 'kms'],
  [/VPC endpoint policy/i, 'endpoint'],
  [/permissions boundary/i, 'boundary'],
  [/service control policy|resource control policy/i, 'organization'],
  [/session policy/i, 'session'],
  [/resource-based policy|resource policy/i, 'resource'],
  [/identity-based policy/i, 'identity'],
];
