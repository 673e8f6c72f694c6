import { readFile } from 'node:fs/promises';
import * as v from 'valibot';

/** The token that all the sample events carry. */
export async function sampleToken(): Promise<string> {
  const file = new URL('../../events/create-secret.json', import.meta.url);
  const event = v.object({ ClientRequestToken: v.string() });
  return v.parse(event, JSON.parse(await readFile(file, 'utf8'))).ClientRequestToken;
}
