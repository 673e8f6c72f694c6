import { execFile as execFileWithCallback } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const execFile = promisify(execFileWithCallback);

/** A certificate and its private key, as PEM texts. */
interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

interface CertificateRequest {
  /** Names and addresses the certificate is for, as OpenSSL writes them: `DNS:localhost`. */
  readonly names: readonly string[];
  /** Days from now until it ends; a negative number makes one that has expired. Default 1. */
  readonly days?: number;
}

/** A certificate authority of a test's own, which nobody trusts by default. */
export interface Authority extends CertificatePair {
  /** A server's certificate signed by it. */
  issue(request: CertificateRequest): Promise<CertificatePair>;
}

/** Makes an authority by the `openssl` of this machine. Leaves no file behind. */
export async function createAuthority(): Promise<Authority> {
  const authority = await inFolder(async (folder) => {
    const root = ['-subj', '/CN=An authority', '-addext', 'basicConstraints=critical,CA:TRUE'];
    await openssl(folder, ['req', '-x509', ...newKey, '-days', '1', ...root, '-out', 'cert.pem']);
    return pairIn(folder);
  });
  return { ...authority, issue: (request) => issue(authority, request) };
}

const newKey = [
  '-newkey',
  'ec',
  '-pkeyopt',
  'ec_paramgen_curve:P-256',
  '-nodes',
  '-keyout',
  'key.pem',
];

const issue = (authority: CertificatePair, { names, days = 1 }: CertificateRequest) =>
  inFolder(async (folder) => {
    await writeFile(path.join(folder, 'ca.pem'), authority.cert);
    await writeFile(path.join(folder, 'ca.key'), authority.key, { mode: 0o600 });
    const subject = ['-subj', '/CN=A server', '-addext', `subjectAltName=${names.join(',')}`];
    await openssl(folder, ['req', ...newKey, ...subject, '-out', 'request.pem']);
    const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-copy_extensions', 'copy'];
    const request = ['x509', '-req', '-in', 'request.pem', ...signing, '-days', String(days)];
    await openssl(folder, [...request, '-out', 'cert.pem']);
    return pairIn(folder);
  });

const openssl = (cwd: string, args: readonly string[]) => execFile('openssl', args, { cwd });

async function pairIn(folder: string): Promise<CertificatePair> {
  const read = (name: string) => readFile(path.join(folder, name), 'utf8');
  return { cert: await read('cert.pem'), key: await read('key.pem') };
}

async function inFolder<R>(work: (folder: string) => Promise<R>): Promise<R> {
  const folder = await mkdtemp(path.join(tmpdir(), 'keyturn-test-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
