import * as v from 'valibot';
import { isSecretId } from '../arguments.ts';
import { Failure } from '../failure.ts';
import { isPrintable } from '../printable.ts';
import type { StoredValue } from '../publish/stored-value.ts';

const [format, formatVersion] = ['keyturn-backup', 1] as const;

const optionalText = v.optional(v.string());

/** Whoever knows a recipient can write a backup: what it says of itself is told, and must be one line. */
const line = v.pipe(v.string(), v.check(isPrintable));

const time = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.check((text) => !Number.isNaN(Date.parse(text))),
);

const document = v.object({
  format: v.literal(format),
  formatVersion: v.literal(formatVersion),
  createdAt: time,
  secret: v.object({
    name: v.pipe(v.string(), v.check(isSecretId)),
    arn: line,
    region: line,
    description: optionalText,
    kmsKeyId: v.optional(line),
    tags: v.array(v.object({ key: v.string(), value: v.string() })),
    rotation: v.object({
      enabled: v.boolean(),
      functionArn: v.optional(line),
      everyDays: v.optional(v.number()),
      schedule: v.optional(line),
      duration: v.optional(line),
    }),
  }),
  versions: v.array(
    v.pipe(
      v.object({
        versionId: line,
        labels: v.array(line),
        createdAt: time,
        /** What was stored, byte for byte: a text, or bytes as base64, and never both. */
        text: optionalText,
        base64: v.optional(v.pipe(v.string(), v.base64())),
      }),
      v.check(({ text, base64 }) => (text === undefined) !== (base64 === undefined)),
    ),
  ),
});

/** What stands in a backup before it is encrypted. It holds values: it must never be printed. */
export type BackupDocument = v.InferOutput<typeof document>;

export type BackedUpVersion = BackupDocument['versions'][number];

/** The parts that this command fills in. */
export type BackedUp = Pick<BackupDocument, 'createdAt' | 'secret' | 'versions'>;

export const serialise = (backedUp: BackedUp): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ format, formatVersion, ...backedUp }, null, 2));

/** Throws a Failure that quotes nothing of it. */
export function parseBackup(bytes: Uint8Array): BackupDocument {
  const given = jsonOf(bytes);
  const parsed = v.safeParse(document, given);
  if (parsed.success && parsed.output.versions.length === 0) {
    throw notABackup('It holds no version of the secret.');
  }
  if (parsed.success) return parsed.output;
  if (v.is(v.object({ format: v.literal(format), formatVersion: v.number() }), given)) {
    throw notABackup('It is of another version of Keyturn, or was changed by hand.');
  }
  throw notABackup('What is encrypted in it is something else.');
}

export const valueOf = ({ text, base64 }: BackedUpVersion): StoredValue =>
  base64 === undefined ? { text } : { binary: Buffer.from(base64, 'base64') };

/** What JSON.parse says of a text quotes it. */
function jsonOf(bytes: Uint8Array): unknown {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return parsed;
  } catch {
    return undefined;
  }
}

const notABackup = (why: string) =>
  new Failure(
    'BACKUP_INVALID',
    `The file opens, and is no backup that this command can restore. ${why} Name the file that keyturn ` +
      'backup wrote, or read it with age -d.',
  );
