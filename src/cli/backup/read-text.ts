import { readSecretFile, type SecretFile } from '../read-secret-file.ts';

export interface ReadText extends Pick<SecretFile, 'othersMayRead'> {
  readonly text: string;
}

/** What a file holds that opens backups; `-` is standard input. Throws a Failure that quotes nothing. */
export async function readText(path: string, option: string): Promise<ReadText> {
  const { bytes, othersMayRead } = await readSecretFile({ path, option, most: largest });
  return { text: bytes.toString(), othersMayRead };
}

/** In bytes: identities and recipients are lines. */
export const largest = 2 ** 20;
