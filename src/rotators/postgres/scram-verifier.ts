import { createHash, createHmac, pbkdf2 as pbkdf2WithCallback, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

const pbkdf2 = promisify(pbkdf2WithCallback);

/** PostgreSQL's own default. */
const defaultIterations = 4096;

const format = /^SCRAM-SHA-256\$\d+:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/;

interface ScramOptions {
  readonly iterations?: number;
  /** 16 bytes. Default: random. */
  readonly salt?: Buffer;
}

/**
 * What PostgreSQL stores for a password (RFC 5802, RFC 7677), so that the server never sees the
 * password itself. Throws on a password that is not `scramSafe`.
 */
export async function scramVerifier(
  password: string,
  { iterations = defaultIterations, salt = randomBytes(16) }: ScramOptions = {},
): Promise<string> {
  if (!scramSafe(password))
    throw new TypeError('A PostgreSQL password must be a text that every client takes as it is.');

  const salted = await pbkdf2(password, salt, iterations, 32, 'sha256');
  const stored = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64');
  const server = hmac(salted, 'Server Key').toString('base64');
  const verifier = `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${server}`;

  // PostgreSQL takes a malformed verifier for a clear password, without a word.
  if (!format.test(verifier)) throw new Error('The SCRAM verifier is malformed; it was not used.');
  return verifier;
}

/**
 * Whether every client hashes the password as it is. SASLprep (RFC 4013) rewrites some characters,
 * and clients do not agree on it; a text that its mappings and NFKC leave alone is the same to all.
 */
export const scramSafe = (password: string): boolean =>
  password !== '' && !rewritten.test(password) && password === password.normalize('NFKC');

/** NUL, spaces but the ASCII one, and what SASLprep drops (RFC 3454, B.1) or cannot know. */
const rewritten =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- they are what is looked for
  /[\0\u034f\u1806\u180b-\u180d\ufe00-\ufe0f\p{Cf}\p{Cs}\p{Co}\p{Cn}]|(?! )\p{Z}/u;

const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
