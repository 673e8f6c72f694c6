import { expect } from 'vitest';

/** What people read is whole sentences, from a capital letter to a full stop. */
export function expectSentences(text: string): void {
  expect(text).toMatch(/^[A-Z].*\.$/s);
}

/** The same work; fails where it fails with anything else than whole sentences. */
export async function told<R>(work: Promise<R>): Promise<R> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error) expectSentences(error.message);
    throw error;
  }
}
