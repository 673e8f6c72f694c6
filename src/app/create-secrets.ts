import { buildVersions, type Surroundings } from './build-versions.ts';
import { telling } from './events.ts';
import { assertKnown } from './known-options.ts';
import { noteMade } from './process-secrets.ts';
import { reminderAppSecret } from './schema.ts';
import { SecretsError } from './secrets-error.ts';
import { optionNames, type Secrets, type SecretsOptions, type WithSchema } from './secrets.ts';
import { jsonOf, printedAs, type Snapshot, valueAt } from './snapshot.ts';
import { trialOf } from './trial.ts';
import { keepVersions } from './versions.ts';

/**
 * The secret of an application. Nothing is read before the first `ready`, `getSecrets` or
 * `getSecret`. Throws a SecretsError where it is not said which secret.
 */
export function createSecrets(options?: SecretsOptions & { readonly schema?: undefined }): Secrets;
export function createSecrets<Values extends object>(options: WithSchema<Values>): Secrets<Values>;
export function createSecrets(options: SecretsOptions<object> = {}): Secrets<object> {
  assertKnown(options, optionNames);
  const secrets = secretsIn({}, { ...options, schema: options.schema ?? reminderAppSecret });
  noteMade(secrets);
  return secrets;
}

/** The same in surroundings of one's own. */
export function secretsIn<Values extends object>(
  surroundings: Surroundings,
  options: WithSchema<Values>,
): Secrets<Values> {
  const versions = buildVersions(surroundings, options);
  const { current } = versions;
  const tell = options.on?.hit && telling(options.on);

  const secrets: Secrets<Values> = {
    async ready() {
      await current.ready();
      return secrets;
    },
    get(key) {
      tell?.('hit', { key });
      const trial = trialOf(secrets);
      const value = trial ? trial.give(key) : valueAt(current.get().values, key);
      if (value === undefined) throw keyMissing(key);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is of these secrets, and so of their schema
      return value as Values[typeof key];
    },
    getSecrets: async () => (current.fresh() ?? (await current.ready())).values,
    async getSecret(key) {
      const snapshot = current.fresh() ?? (await current.ready());
      const trial = trialOf(secrets);
      return trial ? asText(trial.give(key)) : textAt(snapshot, key);
    },
    get snapshot() {
      return current.get();
    },
    get ageMs() {
      return current.age();
    },
    refresh: () => current.refresh(),
    close() {
      for (const version of [current, versions.previous, versions.pending]) version.close();
    },
  };
  keepVersions(secrets, versions);
  return printedAs(secrets, { secretId: versions.secretId });
}

export const keyMissing = (key: string) =>
  new SecretsError(
    'KEY_MISSING',
    `There is no value for ${key}. Add the key to where the values come from, or ask for one of those it has.`,
  );

/** As a text: a number or a list as JSON writes it. */
export const textAt = ({ document }: Snapshot<object>, key: string): string | undefined =>
  asText(valueAt(document, key));

function asText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : jsonOf(value);
}
