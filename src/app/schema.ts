import { SecretsError } from './secrets-error.ts';

/**
 * What zod, valibot, ArkType and others have in common (https://standardschema.dev). A schema of any
 * of them checks what was read, and gives `get` its types.
 */
export interface Schema<Values extends object> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Values> | Promise<SchemaResult<Values>>;
    readonly types?: { readonly input: unknown; readonly output: Values } | undefined;
  };
}

type SchemaResult<Values> =
  | { readonly value: Values; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

interface SchemaIssue {
  /** It may quote the value, and is not used. */
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The keys of the Reminder App. */
export interface ReminderAppSecret {
  readonly SECRET_KEY: string;
  readonly DB_PASSWORD: string;
  readonly TWILIO_ACCOUNT_SID: string;
  readonly TWILIO_AUTH_TOKEN: string;
}

/** Names of settings that an application cannot run without. */
export const criticalSettings = [
  'SECRET_KEY',
  'DB_PASSWORD',
  'TWILIO_ACCOUNT_SID',
  'TWILIO_AUTH_TOKEN',
] as const;

type Texts<Key extends string> = Readonly<Record<Key, string>>;

/** Texts that must be there and not be empty; an account SID must look like one of Twilio's. */
export const texts = <Key extends string>(...keys: readonly Key[]): Schema<Texts<Key>> => ({
  '~standard': {
    version: 1,
    vendor: 'keyturn',
    validate(value) {
      if (hasTexts(value, keys)) return { value };
      return { issues: keys.flatMap((key) => (isText(value, key) ? [] : [issueAt(key)])) };
    },
  },
});

const hasTexts = <Key extends string>(value: unknown, keys: readonly Key[]): value is Texts<Key> =>
  keys.every((key) => isText(value, key));

function isText(document: unknown, key: string): boolean {
  const value: unknown = document instanceof Object ? Reflect.get(document, key) : undefined;
  if (typeof value !== 'string' || value === '') return false;
  return key !== 'TWILIO_ACCOUNT_SID' || accountSid.test(value);
}

const issueAt = (key: string): SchemaIssue => ({
  path: [key],
  message: 'missing, empty or no text',
});

const accountSid = /^AC[0-9a-fA-F]{32}$/;

export const reminderAppSecret: Schema<ReminderAppSecret> = texts(...criticalSettings);

/** Throws a SecretsError that names the keys which do not fit, and no value. */
export async function checked<Values extends object>(
  document: unknown,
  { schema, what }: { readonly schema: Schema<Values>; readonly what: string },
): Promise<Values> {
  const result = await resultOf(document, schema);
  if (result.issues === undefined) return result.value;
  const keys = [...new Set(result.issues.map(keyOf))];
  const places = keys.map((key) => (key && isMissing(document, key) ? `${key} (missing)` : key));
  throw new SecretsError(
    'SECRET_INVALID',
    `${what} does not fit the schema, at: ${places.map((place) => place ?? 'the whole').join(', ')}. Correct it there, or give the schema that fits.`,
  );
}

const isMissing = (document: unknown, key: string) =>
  !(document instanceof Object && Object.hasOwn(document, key));

/** What a schema throws may quote the value, as its messages may. */
async function resultOf<Values>(document: unknown, schema: Schema<Values & object>) {
  try {
    return await schema['~standard'].validate(document);
  } catch {
    return { issues: [{ message: 'the schema threw' }] };
  }
}

/** A key of the document, where it looks like one: a path may lead into values. */
function keyOf({ path = [] }: SchemaIssue): string | undefined {
  const [first] = path;
  const key = typeof first === 'object' ? first.key : first;
  return typeof key === 'string' && /^[\w.-]{1,64}$/.test(key) ? key : undefined;
}
