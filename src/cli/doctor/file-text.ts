import { readFile, stat } from 'node:fs/promises';

/** What a file holds; empty where there is none that can be read. A pipe would keep its reader waiting. */
export async function fileText(path: string): Promise<string> {
  try {
    return (await stat(path)).isFile() ? await readFile(path, 'utf8') : '';
  } catch {
    return '';
  }
}

/** Whether opening it may wait for whoever writes. */
export const isPipe = async (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFIFO(),
    () => false,
  );
