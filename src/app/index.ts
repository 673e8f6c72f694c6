/** What an application imports, as `keyturn/app`. docs/application.md has it in words. */
export { isAuthError } from './auth-error.ts';
export { createSecrets } from './create-secrets.ts';
export { databasePassword } from './database-password.ts';
export { defaultSecrets, getSecret, getSecrets, useSecrets } from './default-secrets.ts';
export type { Log, SecretsEvents, SecretsListeners } from './events.ts';
export { keepPassword } from './keep-password.ts';
export { loadSettings } from './load-settings.ts';
export { passwordOptions } from './password-options.ts';
export { type ReminderAppSecret, reminderAppSecret, type Schema, texts } from './schema.ts';
export { SecretsError, type SecretsErrorCode } from './secrets-error.ts';
export type { Secrets, SecretsOptions } from './secrets.ts';
export type { Override, Settings, SettingsOptions, SettingsReason } from './settings.ts';
export { signingKeys } from './signing-keys.ts';
export type { Snapshot, Stage } from './snapshot.ts';
export type { TwilioWebhook } from './twilio-signature.ts';
export { validateTwilioWebhook } from './validate-twilio-webhook.ts';
export { type Verify, verifyThroughRotation } from './verify-through-rotation.ts';
export { type AuthRetryOptions, withAuthRetry } from './with-auth-retry.ts';
