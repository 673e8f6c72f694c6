import { assertKeys, assertSize, rebuildDerived } from './plan.ts';
import { check, onKey, type Invocation } from './rotation.ts';
import { credentialOf, type Rotator } from './rotator.ts';
import { readCurrent, type SecretDescription } from './secret-store.ts';
import type { SecretDocument } from './secret-document.ts';

/**
 * Goes through a rotation that could begin now, up to where something would change: every check, and
 * for systems that hold one credential the rehearsal of a switch to a value that is then forgotten.
 * Changes nothing. Throws the first reason why a rotation could not succeed.
 */
export async function rehearseRotation(invocation: Invocation): Promise<RehearsalResult> {
  const { secret, plan } = invocation;
  const description = await secret.describe();
  const { document } = await readCurrent(secret, description);
  assertKeys(plan, document);
  assertSize(rebuildDerived(plan, document));
  for (const rotator of plan.rotators) await check(invocation, rotator, document);
  const rehearsed = plan.rotators.filter((rotator) => rotator.switch && !rotator.madeByProvider);
  for (const rotator of rehearsed) await rehearse(invocation, rotator, { description, document });
  return {
    checked: plan.rotators.map(({ key }) => key),
    rehearsed: rehearsed.map(({ key }) => key),
  };
}

/** Keys whose check passed, and those of which the switch was rehearsed too. */
export interface RehearsalResult {
  readonly checked: readonly string[];
  readonly rehearsed: readonly string[];
}

/** A system that holds one credential makes it with nothing outside, and installs it by rehearsal. */
async function rehearse(
  invocation: Invocation,
  rotator: Rotator,
  { description, document }: { description: SecretDescription; document: SecretDocument },
): Promise<void> {
  const current = credentialOf(rotator, document);
  const made = await onKey(invocation, rotator, 'create', (call) =>
    rotator.create({
      ...call,
      current,
      superseded: async () => undefined,
      version: {
        secret: description.arn,
        token: crypto.randomUUID(),
        labelled: async () => [current],
      },
    }),
  );
  await onKey(invocation, rotator, 'install', (call) =>
    rotator.install({
      ...call,
      next: { ...current, ...made },
      current,
      stillPending: async () => undefined,
    }),
  );
}
