import { isSignedWith, type TwilioWebhook } from './twilio-signature.ts';
import { type VerifyOptions, verifyThroughRotation } from './verify-through-rotation.ts';

interface WebhookOptions extends VerifyOptions {
  /** Default: TWILIO_AUTH_TOKEN. */
  readonly tokenKey?: string | undefined;
}

/**
 * Whether a request comes from Twilio: signed with the current token, with the previous one until that
 * was retired, or with a pending one. Twilio signs with the superseded token until a grace ends. A
 * request that nobody signed makes the secret be read anew, for all of them together once in 30 s.
 * Throws a SecretsError where there is no value to verify with.
 */
export const validateTwilioWebhook = (
  webhook: TwilioWebhook,
  { tokenKey = 'TWILIO_AUTH_TOKEN', ...options }: WebhookOptions = {},
): Promise<boolean> =>
  verifyThroughRotation(tokenKey, (token) => isSignedWith(token, webhook), options);
