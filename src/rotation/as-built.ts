import { RotationError } from './errors.ts';
import { rebuildDerived, type Plan } from './plan.ts';
import type { SecretDocument } from './secret-document.ts';

/** Whether a derived key holds what would be built from the values beside it. */
export function isAsBuilt(
  { rotators, derived }: Plan,
  document: SecretDocument,
  key: string,
): boolean {
  const derive = derived[key];
  if (!derive) return false;
  try {
    const rebuilt = rebuildDerived({ rotators, derived: { [key]: derive } }, document);
    return rebuilt.get(key) === document.get(key);
  } catch (error) {
    if (error instanceof RotationError) return false;
    throw error;
  }
}
