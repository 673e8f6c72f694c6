import { createHash, createHmac, pbkdf2 as pbkdf2WithCallback, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

const pbkdf2 = promisify(pbkdf2WithCallback);

/** PostgreSQL's own default. */
const iterations = 4096;

const format = /^SCRAM-SHA-256\$\d+:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/;

/**
 * What PostgreSQL stores for a password (RFC 5802, RFC 7677), so that the server never sees the
 * password itself. Takes printable ASCII only: anything else would need SASLprep.
 */
export async function scramVerifier(password: string, salt = randomBytes(16)): Promise<string> {
  if (!/^[\x20-\x7e]+$/.test(password))
    throw new TypeError('A PostgreSQL password must be printable ASCII and not empty.');

  const salted = await pbkdf2(password, salt, iterations, 32, 'sha256');
  const stored = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64');
  const server = hmac(salted, 'Server Key').toString('base64');
  const verifier = `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${server}`;

  // PostgreSQL takes a malformed verifier for a clear password, without a word.
  if (!format.test(verifier)) throw new Error('The SCRAM verifier is malformed; it was not used.');
  return verifier;
}

const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
