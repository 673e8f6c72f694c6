import { criticalSettings } from '../../../app/schema.ts';
import { RotationError } from '../../../rotation/errors.ts';
import { type JsonValue, SecretDocument } from '../../../rotation/secret-document.ts';
import { takenBack } from '../../status/versions.ts';
import { type Examined, findingsOf, type Finding } from '../finding.ts';

const { ok, warn, fail } = findingsOf('value');

interface Wanted {
  readonly secretId: string;
  /** Those that must be there; absent where nobody said. */
  readonly keys: readonly string[] | undefined;
}

/** Whether a text is what applications and rotations expect. */
export function examineDocument(text: string, wanted: Wanted): Examined<SecretDocument> {
  const document = parsed(text, wanted.secretId);
  if (!(document instanceof SecretDocument)) return { findings: [document] };
  const problems = [
    ...missing(document, wanted),
    ...document.keys.flatMap((key) => placeholder(key, document.get(key))),
  ];
  if (document.keys.length === 0) return { findings: [empty(), ...problems], found: document };
  const listed = document.keys.join(', ');
  const sound = ok(`AWSCURRENT can be read: one JSON object with the keys ${listed}.`);
  return { findings: [sound, ...problems], found: document };
}

function parsed(text: string, secretId: string): SecretDocument | Finding {
  try {
    return SecretDocument.parse(text);
  } catch (error) {
    const isTwice = error instanceof RotationError && error.code === 'SECRET_DUPLICATE_KEY';
    return isTwice ? duplicate(error, secretId) : notJson(secretId);
  }
}

const notJson = (secretId: string) =>
  fail('SECRET_NOT_JSON_OBJECT', {
    message: 'AWSCURRENT is not one JSON object of keys and values.',
    fix:
      'Store one, such as {"DB_PASSWORD": "…"}; a trailing comma or a quote in a value is often the ' +
      `reason. ${takenBack(secretId)}`,
  });

const empty = () =>
  warn('VALUE_EMPTY', {
    message: 'AWSCURRENT is a JSON object without a key: applications find nothing in it.',
    fix: 'Store the values that they need.',
  });

/** The message is Keyturn's own, and names the key. */
const duplicate = ({ key, message }: RotationError, secretId: string) =>
  fail('SECRET_DUPLICATE_KEY', {
    key,
    message,
    fix: `Store the secret with each key once. ${takenBack(secretId)}`,
  });

function missing(document: SecretDocument, { keys, secretId }: Wanted): readonly Finding[] {
  const tell = keys ? fail : warn;
  return (keys ?? expectedOf(document)).flatMap((key) => {
    const value = document.get(key);
    if (value === undefined)
      return [tell('KEY_MISSING', { key, ...absent(key, { keys, secretId }) })];
    return typeof value === 'string' && value !== '' ? [] : [fail('KEY_NOT_TEXT', notText(key))];
  });
}

/** A secret that has two of the keys the library looks for by default is one that it is meant for. */
function expectedOf(document: SecretDocument): readonly string[] {
  const present = criticalSettings.filter((key) => document.keys.includes(key));
  return present.length >= 2 ? criticalSettings : [];
}

const absent = (key: string, { keys, secretId }: Wanted) => ({
  message: `The key ${key} is missing from AWSCURRENT.`,
  fix: keys
    ? `Add it to the secret. If Keyturn rotates it: ${takenBack(secretId)}`
    : 'keyturn/app looks for it unless it is given other keys. Add it, or say what is needed with --keys.',
});

const notText = (key: string) => ({
  key,
  message: `The key ${key} must be a text that is not empty.`,
  fix: 'Correct it in the secret.',
});

/** What guides and templates have where a value should be. */
const example =
  /^(your[-_ ]|change[-_ ]?me|replace[-_ ]?me|placeholder|to-?do$|example|dummy|x{4,}|\*{3,}|<.*>$|\.{3}$|…$)/i;

function placeholder(key: string, value: JsonValue | undefined): readonly Finding[] {
  if (typeof value !== 'string' || !example.test(value)) return [];
  return [
    fail('VALUE_PLACEHOLDER', {
      key,
      message: `The key ${key} holds what looks like the placeholder of a guide.`,
      fix: 'Store the real value.',
    }),
  ];
}
