import { RotationError } from './errors.ts';
import { heal, type BegunSwitch } from './heal.ts';
import type { Invocation } from './rotation.ts';
import { hasLabel, labels, type SecretDescription, type SecretVersion } from './secret-store.ts';

/** Whether the credentials of a version are being ended, or have been. */
export const isRetired = (description: SecretDescription, versionId: string): boolean =>
  hasLabel(description, versionId, labels.retiring) ||
  hasLabel(description, versionId, labels.retired);

/**
 * Heals what AWSCURRENT says. Where that cannot be, since a rollback died right after it moved
 * AWSCURRENT to a version that was being retired, goes forward again instead.
 */
export async function healOrGoForward(
  invocation: Invocation,
  description: SecretDescription,
  { current, begun }: { current: SecretVersion; begun?: BegunSwitch | undefined },
): Promise<'healed' | 'went-forward'> {
  try {
    await heal(invocation, description, current, begun);
    return 'healed';
  } catch (error) {
    const dead = error instanceof RotationError && error.code === 'CURRENT_REJECTED';
    if (!dead || !isRetired(description, current.versionId)) throw error;
    // Loaded where it is needed: a function starts the sooner without it.
    const { goForwardFrom } = await import('./go-forward.ts');
    await goForwardFrom(invocation, description, { current, error });
    return 'went-forward';
  }
}
