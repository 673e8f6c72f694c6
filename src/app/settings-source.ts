import type { Environment } from './environment-source.ts';
import type { SettingsOptions, SettingsReason } from './settings.ts';

type Source = readonly [source: 'aws' | 'env', reason: SettingsReason];

/** Where the settings are to come from, and why. */
export function sourceOf(
  {
    source = 'auto',
    environment,
    secretId,
  }: Pick<SettingsOptions, 'source' | 'environment' | 'secretId'>,
  env: Environment,
): Source {
  if (source !== 'auto') return [source, 'asked-for'];
  const name = environment ?? (env['ENV'] || env['APP_ENV'] || env['NODE_ENV']);
  if (name !== 'production') return ['env', 'not-production'];
  return secretId || env['KEYTURN_SECRET_ID'] ? ['aws', 'production'] : ['env', 'no-secret-id'];
}
