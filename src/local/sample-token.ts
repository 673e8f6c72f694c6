import { readFile } from 'node:fs/promises';
import * as v from 'valibot';

/** The token of a sample event: that of the four steps, which all carry the same, or the test's. */
export async function sampleToken(
  event: 'create-secret' | 'test-only' = 'create-secret',
): Promise<string> {
  const file = new URL(`../../events/${event}.json`, import.meta.url);
  const shape = v.object({ ClientRequestToken: v.string() });
  return v.parse(shape, JSON.parse(await readFile(file, 'utf8'))).ClientRequestToken;
}
