import { findSecret } from '../find-secret.ts';
import { inspectSecret } from '../inspection.ts';
import { elsewhere } from '../secrets-manager.ts';
import type { Terminal } from '../terminal.ts';

export interface StatusOptions {
  /** Names or ARNs. */
  readonly secrets: readonly string[];
  readonly json: boolean;
}

/** Says how secrets stand. Changes nothing. Throws a Failure. */
export async function status({ secrets }: StatusOptions, terminal: Terminal): Promise<void> {
  terminal.tell(elsewhere());
  const found = await Promise.all(secrets.map(findSecret));
  const inspections = await Promise.all(found.map(inspectSecret));
  await terminal.answer(`${JSON.stringify(inspections, null, 2)}\n`);
}
